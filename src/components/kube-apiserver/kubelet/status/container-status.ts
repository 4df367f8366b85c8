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

type Outcome = (pod: Pod, slot: ContainerSlot, facts: OutcomeFacts) => ContainerStatus;

const outcomes: Readonly<Record<ContainerOutcome, Outcome>> = {
  pullFailed: (_, slot) => waitingStatus(slot, 'ErrImagePull', failedPull(slot)),
  pullBackOff(_, slot) {
    const message = `Back-off pulling image "${slot.container.image ?? ''}": ErrImagePull: ${failedPull(slot)}`;
    return waitingStatus(slot, 'ImagePullBackOff', message);
  },
  configError: (_, slot, { problem = '' }) => waitingStatus(slot, 'CreateContainerConfigError', problem),
  mountFailed: (_, { status }) => status,
  running: runningStatus,
  started: (_, { container, role, status }) => ({
    ...status,
    started: true,
    ready: role !== 'init' && !container.readinessProbe,
  }),
  ready: (_, { status }) => ({ ...status, started: true, ready: true }),
  succeeded: (_, slot, { nowMs }) => endedStatus(slot, { exitCode: 0, reason: 'Completed' }, nowMs),
  failed: (_, slot, { nowMs, exitCode = 1 }) => endedStatus(slot, { exitCode, reason: 'Error' }, nowMs),
  crashBackOff(pod, slot, facts) {
    const where = `${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid})`;
    const message = `back-off ${formatBackOff(facts.restartDelayMs)} restarting failed container=${slot.container.name} pod=${where}`;
    return { ...waitingStatus(slot, 'CrashLoopBackOff', message), lastState: slot.status.state };
  },
};

/** A container's status after a stage. */
export function nextStatus(
  pod: Pod,
  slot: ContainerSlot,
  outcome: ContainerOutcome,
  facts: OutcomeFacts,
): ContainerStatus {
  return outcomes[outcome](pod, slot, facts);
}

function waitingStatus({ container, status }: ContainerSlot, reason: string, message: string): ContainerStatus {
  return {
    ...status,
    image: container.image ?? '',
    ready: false,
    started: false,
    state: { waiting: { reason, message } },
  };
}

function failedPull({ container }: ContainerSlot): string {
  return `failed to pull and unpack image "${container.image ?? ''}": not found`;
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
  { role, status }: ContainerSlot,
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
