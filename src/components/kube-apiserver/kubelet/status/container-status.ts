import { sha256 } from '#base/hash';
import { formatTime } from '../../controllers/kinds/live-object.ts';
import type { Container, ContainerState, ContainerStatus, Pod } from '../../controllers/kinds/pod.ts';
import type { ContainerSlot } from '../stages/container-facts.ts';
import { imageBehaviour } from '../stages/container-facts.ts';
import type { ContainerOutcome } from '../stages/container-stages.ts';

export function initialStatus(container: Container, hasInit: boolean): ContainerStatus {
  return {
    name: container.name,
    image: container.image ?? '',
    imageID: '',
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason: hasInit ? 'PodInitializing' : 'ContainerCreating' } },
    lastState: {},
  };
}

export interface OutcomeFacts {
  readonly nowMs: number;
  readonly restartDelayMs: number;
  /** Of a real process. */
  readonly exitCode?: number;
  readonly problem?: string;
}

/** A container's status after a stage. */
export function nextStatus(
  pod: Pod,
  { container, role, status }: ContainerSlot,
  outcome: ContainerOutcome,
  facts: OutcomeFacts,
): ContainerStatus {
  const image = container.image ?? '';
  const failedPull = `failed to pull and unpack image "${image}": not found`;
  const waiting = (reason: string, message: string): ContainerStatus => ({
    ...status,
    image,
    ready: false,
    started: false,
    state: { waiting: { reason, message } },
  });
  switch (outcome) {
    case 'pullFailed':
      return waiting('ErrImagePull', failedPull);
    case 'pullBackOff':
      return waiting('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${failedPull}`);
    case 'configError':
      return waiting('CreateContainerConfigError', facts.problem ?? '');
    case 'running':
      return runningStatus(pod, { container, role, status }, facts);
    case 'started':
      return { ...status, started: true, ready: role !== 'init' && !container.readinessProbe };
    case 'ready':
      return { ...status, started: true, ready: true };
    case 'unready':
      return { ...status, ready: false };
    case 'succeeded':
      return endedStatus(role, status, { exitCode: 0, reason: 'Completed' }, facts.nowMs);
    case 'failed':
      return endedStatus(role, status, { exitCode: facts.exitCode ?? 1, reason: 'Error' }, facts.nowMs);
    case 'crashBackOff': {
      const where = `${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid})`;
      const message = `back-off ${formatBackOff(facts.restartDelayMs)} restarting failed container=${container.name} pod=${where}`;
      return { ...waiting('CrashLoopBackOff', message), lastState: status.state };
    }
  }
}

/** A container that has run before counts a restart, and remembers how it ended. */
function runningStatus(pod: Pod, { container, role, status }: ContainerSlot, { nowMs }: OutcomeFacts): ContainerStatus {
  const image = container.image ?? '';
  const hasRun = status.state.terminated !== undefined || status.lastState.terminated !== undefined;
  const lastState: ContainerState = status.state.terminated ? status.state : status.lastState;
  const restartCount = hasRun ? status.restartCount + 1 : 0;
  const isStarted = role === 'init' || !container.startupProbe;
  return {
    name: container.name,
    image,
    imageID: `simulated://${image}@sha256:${sha256(image)}`,
    containerID: `simulated://${sha256(`${pod.metadata.uid}/${container.name}/${restartCount}`)}`,
    // What will crash never serves: a rollout of it must not count as available in between.
    ready: role !== 'init' && isStarted && !container.readinessProbe && imageBehaviour(image) !== 'crash',
    started: isStarted,
    restartCount,
    state: { running: { startedAt: formatTime(nowMs) } },
    lastState,
  };
}

function endedStatus(
  role: ContainerSlot['role'],
  status: ContainerStatus,
  end: { exitCode: number; reason: string },
  nowMs: number,
): ContainerStatus {
  const startedAt = status.state.running?.startedAt ?? formatTime(nowMs);
  const { containerID } = status;
  const terminated = {
    ...end,
    startedAt,
    finishedAt: formatTime(nowMs),
    ...(containerID === undefined ? {} : { containerID }),
  };
  return { ...status, ready: role === 'init' && end.exitCode === 0, started: false, state: { terminated } };
}

function formatBackOff(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
