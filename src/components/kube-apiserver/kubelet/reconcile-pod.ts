import type { Clock } from '#base/clock';
import { deepEqual } from '#base/json';
import type { Cluster } from '../controllers/framework/cluster.ts';
import type { EventRecorder } from '../controllers/framework/event-recorder.ts';
import { formatTime, isTerminating, splitKey } from '../controllers/kinds/live-object.ts';
import type { ContainerStatus, Pod, PodStatus } from '../controllers/kinds/pod.ts';
import { isPodFinished } from '../controllers/kinds/pod.ts';
import { pods } from '../controllers/kinds/resources.ts';
import type { PendingStage, StageTimers } from './due-stages.ts';
import { pendingStages } from './due-stages.ts';
import { nodeIp, nodeName } from './node.ts';
import type { PodAddresses } from './pod-addresses.ts';
import type { ContainerProcesses } from './runtime/container-processes.ts';
import type { PodSurroundings } from './pod-surroundings.ts';
import type { ContainerSlot } from './stages/container-facts.ts';
import { containerSlots } from './stages/container-facts.ts';
import type { KubeletTiming } from './stages/kubelet-timing.ts';
import { restartDelayMs } from './stages/kubelet-timing.ts';
import { initialStatus, nextStatus } from './status/container-status.ts';
import { outcomeEvents } from './status/outcome-events.ts';
import { summarisePod } from './status/summarise-pod.ts';

/** 128 + SIGTERM. */
const terminatedBySignal = 143;

export interface KubeletStep {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly timing: KubeletTiming;
  readonly timers: StageTimers;
  readonly addresses: PodAddresses;
  readonly processes: ContainerProcesses;
  readonly around: PodSurroundings;
  readonly signal: AbortSignal;
}

/** Brings one pod of our node to its next stage if that is due, else says when it is. */
export async function reconcilePod(step: KubeletStep, key: string): Promise<number | undefined> {
  const { namespace, name } = splitKey(key);
  const pod = step.cluster.cache(pods).get(namespace, name);
  if (!pod || pod.spec.nodeName !== nodeName) return undefined;
  if (isTerminating(pod)) return endPod(step, pod);
  if (isPodFinished(pod)) return undefined;
  if (!pod.status?.containerStatuses) return admitPod(step, pod);
  return advancePod(step, pod);
}

async function admitPod(step: KubeletStep, pod: Pod): Promise<number | undefined> {
  const { initContainers = [], containers } = pod.spec;
  const podIP = pod.spec.hostNetwork ? nodeIp : step.addresses.assign(pod.metadata.uid);
  const nowMs = step.clock.now();
  const parts = {
    initContainerStatuses: initContainers.map((container, n) => initialStatus(container, n > 0)),
    containerStatuses: containers.map((container) => initialStatus(container, initContainers.length > 0)),
  };
  const summary = summarisePod(pod, parts, nowMs);
  await writeStatus(step, pod, {
    ...summary,
    startTime: formatTime(nowMs),
    hostIP: nodeIp,
    hostIPs: [{ ip: nodeIp }],
    podIP,
    podIPs: [{ ip: podIP }],
  });
  return 0;
}

async function advancePod(step: KubeletStep, pod: Pod): Promise<number | undefined> {
  const nowMs = step.clock.now();
  const pending = pendingStages(pod, step.around, step.timing).map((stage) => ({
    stage,
    at: step.timers.dueAt(pod, stage, nowMs),
  }));
  const due = pending.filter(({ at }) => at <= nowMs).map(({ stage }) => stage);
  if (due.length > 0) {
    const statuses = new Map<string, ContainerStatus>();
    for (const stage of due) statuses.set(stage.slot.container.name, await applyStage(step, pod, stage));
    const fresh = (status: ContainerStatus) => statuses.get(status.name) ?? status;
    const parts = {
      initContainerStatuses: (pod.status?.initContainerStatuses ?? []).map(fresh),
      containerStatuses: (pod.status?.containerStatuses ?? []).map(fresh),
    };
    const next = summarisePod(pod, parts, step.clock.now());
    if (!deepEqual(next, pod.status)) await writeStatus(step, pod, next);
    // The changed pod comes back through the cache and brings the next stage with it.
    return undefined;
  }
  return pending.length > 0 ? Math.min(...pending.map(({ at }) => at)) - nowMs : undefined;
}

async function applyStage(step: KubeletStep, pod: Pod, { slot, stage }: PendingStage): Promise<ContainerStatus> {
  const problem = problemOf(step, pod, { slot, stage });
  if (stage.next === 'running' && step.processes.isMapped(slot.container)) {
    const environment = step.around.environmentOf(pod, slot.container);
    await step.processes.start(pod, slot.container, 'variables' in environment ? environment.variables : {});
  }
  for (const note of outcomeEvents(slot, stage.next, problem)) step.events.record(pod, note);
  const exitCode = step.processes.find(pod, slot.container.name)?.exitCode;
  const status = nextStatus(pod, slot, stage.next, {
    nowMs: step.clock.now(),
    restartDelayMs: restartDelayMs(step.timing, slot.status.restartCount),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(problem === undefined ? {} : { problem }),
  });
  // A real process is ready when it answers, not when it has been started.
  return stage.next === 'running' && step.processes.isMapped(slot.container) ? { ...status, ready: false } : status;
}

function problemOf(
  step: KubeletStep,
  pod: Pod,
  { slot, stage }: Pick<PendingStage, 'slot' | 'stage'>,
): string | undefined {
  if (stage.next === 'configError') return step.around.missingConfig(pod, slot.container);
  return stage.next === 'mountFailed' ? step.around.missingVolume(pod) : undefined;
}

/** Stops what runs, says so where somebody will still read it, and lets the object go. */
async function endPod(step: KubeletStep, pod: Pod): Promise<number | undefined> {
  const nowMs = step.clock.now();
  const at = step.timers.stopAt(pod, step.timing.stopMs, nowMs);
  if (at > nowMs) return at - nowMs;
  const graceMs = (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
  await step.processes.stopPod(pod.metadata.uid, graceMs);
  let current = pod;
  if ((pod.metadata.finalizers ?? []).length > 0) {
    if (isPodFinished(pod) && pod.metadata.deletionGracePeriodSeconds === 0) return undefined;
    if (!isPodFinished(pod)) current = await writeStatus(step, pod, endedPodStatus(pod, nowMs));
  }
  await step.cluster.delete(pods, current, { gracePeriodSeconds: 0, signal: step.signal });
  return undefined;
}

/** TERM ends every container that runs: a server cleanly, a task before its time. */
function endedPodStatus(pod: Pod, nowMs: number): PodStatus {
  const outcome = (pod.spec.restartPolicy ?? 'Always') === 'Always' ? 'succeeded' : 'failed';
  const end = (slot: ContainerSlot) =>
    nextStatus(pod, slot, outcome, { nowMs, restartDelayMs: 0, exitCode: terminatedBySignal });
  const ended = new Map(
    containerSlots(pod).map((slot) => [slot.container.name, slot.status.state.running ? end(slot) : slot.status]),
  );
  const fresh = (status: ContainerStatus) => ended.get(status.name) ?? status;
  const parts = {
    initContainerStatuses: (pod.status?.initContainerStatuses ?? []).map(fresh),
    containerStatuses: (pod.status?.containerStatuses ?? []).map(fresh),
    isEnding: true,
  };
  return summarisePod(pod, parts, nowMs);
}

function writeStatus(step: KubeletStep, pod: Pod, status: PodStatus): Promise<Pod> {
  return step.cluster.patch(
    pods,
    pod,
    { metadata: { uid: pod.metadata.uid }, status },
    { subresource: 'status', signal: step.signal },
  );
}
