import type { Condition } from '../../controllers/kinds/live-object.ts';
import { formatTime } from '../../controllers/kinds/live-object.ts';
import type { ContainerStatus, Pod, PodPhase, PodStatus } from '../../controllers/kinds/pod.ts';

/** The conditions that the kubelet owns; those of others (readiness gates, DisruptionTarget) pass through. */
const kubeletConditions = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];

export interface PodParts {
  readonly initContainerStatuses: readonly ContainerStatus[];
  readonly containerStatuses: readonly ContainerStatus[];
  /** The pod is being taken down: its containers will not come back. */
  readonly isEnding?: boolean;
}

/** Phase and conditions of a pod, from the states of its containers. */
export function summarisePod(pod: Pod, parts: PodParts, nowMs: number): PodStatus {
  const phase = decidePhase(pod, parts);
  const { initContainerStatuses, containerStatuses } = parts;
  return {
    ...pod.status,
    phase,
    observedGeneration: pod.metadata.generation ?? 1,
    conditions: decideConditions(pod, parts, phase, nowMs),
    ...(initContainerStatuses.length > 0 ? { initContainerStatuses: [...initContainerStatuses] } : {}),
    containerStatuses: [...containerStatuses],
  };
}

function decidePhase(pod: Pod, { initContainerStatuses, containerStatuses, isEnding = false }: PodParts): PodPhase {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const failedInit = initContainerStatuses.some((status) => (status.state.terminated?.exitCode ?? 0) !== 0);
  if (failedInit && (policy === 'Never' || isEnding)) return 'Failed';
  if (!initialized(pod, initContainerStatuses)) return isEnding ? 'Failed' : 'Pending';
  const ended = containerStatuses.filter((status) => status.state.terminated);
  const isOver = ended.length === containerStatuses.length && (policy !== 'Always' || isEnding);
  const failures = ended.filter((status) => status.state.terminated?.exitCode !== 0);
  if (isOver && failures.length === 0) return 'Succeeded';
  if (isOver && (policy === 'Never' || isEnding)) return 'Failed';
  const hasRun = containerStatuses.every(
    (status) => status.state.running ?? status.state.terminated ?? status.lastState.terminated,
  );
  return hasRun ? 'Running' : isEnding ? 'Failed' : 'Pending';
}

function initialized(pod: Pod, statuses: readonly ContainerStatus[]): boolean {
  return (pod.spec.initContainers ?? []).every((container) => {
    const status = statuses.find(({ name }) => name === container.name);
    return container.restartPolicy === 'Always' ? status?.started === true : status?.state.terminated?.exitCode === 0;
  });
}

function decideConditions(pod: Pod, parts: PodParts, phase: PodPhase, nowMs: number): Condition[] {
  const others = (pod.status?.conditions ?? []).filter(({ type }) => !kubeletConditions.includes(type));
  const isFinished = phase === 'Succeeded' || phase === 'Failed';
  const sidecars = (pod.spec.initContainers ?? [])
    .filter((container) => container.restartPolicy === 'Always')
    .map(({ name }) => name);
  const serving = [
    ...parts.initContainerStatuses.filter(({ name }) => sidecars.includes(name)),
    ...parts.containerStatuses,
  ];
  const unready = serving.filter((status) => !status.ready).map(({ name }) => name);
  const uninitialized =
    isFinished || initialized(pod, parts.initContainerStatuses) ? [] : notInitialized(pod, parts.initContainerStatuses);
  const containersReady = notReady(phase, unready);
  const gates = (pod.spec.readinessGates ?? []).filter(
    (gate) => others.find(({ type }) => type === gate.conditionType)?.status !== 'True',
  );
  const ready =
    containersReady || gates.length === 0
      ? containersReady
      : {
          reason: 'ReadinessGatesNotReady',
          message: gates
            .map((gate) => `corresponding condition of pod readiness gate "${gate.conditionType}" does not exist.`)
            .join(', '),
        };
  const problem = uninitialized.length > 0 && {
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${uninitialized.join(' ')}]`,
  };
  const build = (type: string, why: { reason: string; message?: string } | false | undefined): Condition =>
    keepTime(pod, why ? { type, status: 'False', ...why } : succeeded(type, phase), nowMs);
  const hasSandbox = !isFinished;
  return [
    ...others,
    keepTime(pod, { type: 'PodReadyToStartContainers', status: hasSandbox ? 'True' : 'False' }, nowMs),
    build('Initialized', problem),
    build('Ready', ready),
    build('ContainersReady', containersReady),
    keepTime(pod, { type: 'PodScheduled', status: 'True' }, nowMs),
  ];
}

function succeeded(type: string, phase: PodPhase): Condition {
  return {
    type,
    status: 'True',
    ...(phase === 'Succeeded' && type === 'Initialized' ? { reason: 'PodCompleted' } : {}),
  };
}

function notReady(phase: PodPhase, unready: readonly string[]): { reason: string; message?: string } | undefined {
  if (phase === 'Succeeded') return { reason: 'PodCompleted' };
  if (phase === 'Failed') return { reason: 'PodFailed' };
  return unready.length > 0
    ? { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` }
    : undefined;
}

function notInitialized(pod: Pod, statuses: readonly ContainerStatus[]): string[] {
  return (pod.spec.initContainers ?? [])
    .filter(({ name, restartPolicy }) => {
      const status = statuses.find((candidate) => candidate.name === name);
      return restartPolicy === 'Always' ? status?.started !== true : status?.state.terminated?.exitCode !== 0;
    })
    .map(({ name }) => name);
}

/** Same status as before: the condition keeps its transition time. */
function keepTime(pod: Pod, condition: Condition, nowMs: number): Condition {
  const before = pod.status?.conditions?.find(({ type }) => type === condition.type);
  const since = before?.status === condition.status ? before.lastTransitionTime : undefined;
  return {
    lastProbeTime: null,
    lastTransitionTime: since ?? formatTime(nowMs),
    observedGeneration: pod.metadata.generation ?? 1,
    ...condition,
  };
}
