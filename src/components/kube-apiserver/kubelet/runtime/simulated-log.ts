import type { Container, ContainerState, ContainerStatus, Pod } from '../../controllers/kinds/pod.ts';

export interface LogLine {
  readonly atMs: number;
  readonly text: string;
}

/**
 * What a simulated container has printed, computed from its status alone: the same after every restart of the server, and
 * nothing to store. Environment variables are named, never shown.
 */
export function simulatedLog(
  pod: Pod,
  container: Container,
  status: ContainerStatus | undefined,
  isPrevious: boolean,
): LogLine[] {
  const state = isPrevious ? status?.lastState : currentRun(status);
  const startedAt = state?.running?.startedAt ?? state?.terminated?.startedAt;
  if (!state || !startedAt) return [];
  const atMs = Date.parse(startedAt);
  return [...startLines(pod, container).map((text) => ({ atMs, text })), ...endLines(container, state)];
}

/** A container that waits to be restarted still shows its last run. */
function currentRun(status: ContainerStatus | undefined): ContainerState | undefined {
  if (!status) return undefined;
  return status.state.waiting && status.lastState.terminated ? status.lastState : status.state;
}

function startLines(pod: Pod, container: Container): string[] {
  const command = [...(container.command ?? []), ...(container.args ?? [])];
  const names = (container.env ?? []).map(({ name }) => name);
  const sources = (container.envFrom ?? []).flatMap(({ configMapRef, secretRef }) => {
    if (configMapRef) return [`configmap/${configMapRef.name}`];
    return secretRef ? [`secret/${secretRef.name}`] : [];
  });
  const ports = (container.ports ?? []).map(({ containerPort }) => String(containerPort));
  return [
    `simulated container "${container.name}" of pod "${pod.metadata.name}" started: image=${container.image ?? ''}`,
    ...(command.length > 0 ? [`command: ${JSON.stringify(command)}`] : []),
    ...(names.length > 0 ? [`environment: ${names.join(', ')}`] : []),
    ...(sources.length > 0 ? [`environment from: ${sources.join(', ')}`] : []),
    ...(ports.length > 0 ? [`listening on ${ports.join(', ')} (simulated: nothing answers there)`] : []),
  ];
}

function endLines(container: Container, { terminated }: ContainerState): LogLine[] {
  if (!terminated) return [];
  const atMs = Date.parse(terminated.finishedAt ?? terminated.startedAt ?? '') || 0;
  const failed = terminated.exitCode !== 0;
  return [
    ...(failed ? [{ atMs, text: `fatal: container "${container.name}" crashed, as images named "crash" do` }] : []),
    { atMs, text: `exited with code ${terminated.exitCode}` },
  ];
}
