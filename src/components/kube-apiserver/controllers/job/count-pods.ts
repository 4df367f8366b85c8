import { isTerminating } from '../kinds/live-object.ts';
import type { Job } from '../kinds/batch.ts';
import type { Pod } from '../kinds/pod.ts';
import { isPodActive, isPodFinished, isPodReady, podPhase } from '../kinds/pod.ts';
import { trackingFinalizer } from './build-job-pod.ts';
import { completionIndexOf, parseIndexes } from './completion-indexes.ts';
import { matchFailurePolicy } from './match-failure-policy.ts';

/** A job's pods, those already counted in its status apart. */
export interface PodCounts {
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: number;
  /** Finished pods that still carry the finalizer: to be counted. */
  readonly newSucceeded: readonly Pod[];
  readonly newFailed: readonly Pod[];
  /** Failed pods that a failure policy tells us to overlook. */
  readonly ignored: readonly Pod[];
  readonly succeeded: number;
  readonly failed: number;
  readonly completedIndexes: ReadonlySet<number>;
  /** Restarts inside pods, where the kubelet retries. */
  readonly restarts: number;
}

export function isTracked(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(trackingFinalizer) ?? false;
}

export function countPods(job: Job, pods: readonly Pod[]): PodCounts {
  const { status = {} } = job;
  const noted = status.uncountedTerminatedPods ?? {};
  const notedUids = new Set([...(noted.succeeded ?? []), ...(noted.failed ?? [])]);
  const active = pods.filter(isPodActive);
  const completedIndexes = parseIndexes(status.completedIndexes);
  const newSucceeded: Pod[] = [];
  const newFailed: Pod[] = [];
  const ignored: Pod[] = [];
  for (const pod of pods) {
    if (!isTracked(pod) || !isPodFinished(pod) || notedUids.has(pod.metadata.uid)) continue;
    if (podPhase(pod) === 'Succeeded') newSucceeded.push(pod);
    else if (matchFailurePolicy(job, pod)?.action === 'Ignore') ignored.push(pod);
    else newFailed.push(pod);
  }
  const isIndexed = job.spec.completionMode === 'Indexed';
  if (isIndexed) for (const pod of newSucceeded) completedIndexes.add(completionIndexOf(pod));
  const succeeded = isIndexed
    ? completedIndexes.size
    : (status.succeeded ?? 0) + (noted.succeeded?.length ?? 0) + newSucceeded.length;
  return {
    active,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter((pod) => isTerminating(pod) && !isPodFinished(pod)).length,
    newSucceeded,
    newFailed,
    ignored,
    succeeded,
    failed: (status.failed ?? 0) + (noted.failed?.length ?? 0) + newFailed.length,
    completedIndexes,
    restarts: active.reduce(
      (sum, pod) => sum + (pod.status?.containerStatuses ?? []).reduce((n, { restartCount }) => n + restartCount, 0),
      0,
    ),
  };
}
