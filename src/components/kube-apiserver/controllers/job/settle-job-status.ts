import { deepEqual } from '#base/json';
import { findCondition } from '../framework/set-condition.ts';
import type { Step } from '../framework/step.ts';
import { withoutZeros } from '../framework/without-zeros.ts';
import type { Job, JobStatus } from '../kinds/batch.ts';
import type { Condition } from '../kinds/live-object.ts';
import { formatTime } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { jobs, pods } from '../kinds/resources.ts';
import { formatIndexes } from './completion-indexes.ts';
import type { PodCounts } from './count-pods.ts';
import { countPods, isTracked } from './count-pods.ts';
import type { JobEnd } from './decide-job.ts';
import { dropTracking } from './drop-tracking.ts';

function podsOf(step: Step, job: Job): Pod[] {
  return step.cluster.cache(pods).byIndex('controller', job.metadata.uid);
}

/**
 * Counts every finished pod exactly once, whatever happens in between: its uid is noted in the status, then its finalizer goes,
 * then the noted uid becomes a number.
 */
export async function settleStatus(step: Step, job: Job, end: JobEnd | undefined): Promise<void> {
  const noted = noteFinished(step, job, end);
  const current = await writeStatus(step, job, noted);
  for (const pod of podsOf(step, job).filter((candidate) => isTracked(candidate) && isSettled(current, candidate))) {
    await dropTracking(step.cluster, pod, step.signal);
  }
  await writeStatus(step, current, foldNoted(step, current, end));
}

function isSettled(job: Job, pod: Pod): boolean {
  const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {};
  const isIgnored = pod.status?.phase === 'Failed' && countPods(job, [pod]).ignored.length > 0;
  return succeeded.includes(pod.metadata.uid) || failed.includes(pod.metadata.uid) || isIgnored;
}

function noteFinished(step: Step, job: Job, end: JobEnd | undefined): JobStatus {
  const counts = countPods(job, podsOf(step, job));
  const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {};
  const uids = (list: readonly Pod[]) => list.map(({ metadata }) => metadata.uid);
  const conditions = end
    ? withCondition(job.status?.conditions, buildCondition(end.announce, 'True', end, step.clock.now()))
    : job.status?.conditions;
  const isIndexed = job.spec.completionMode === 'Indexed';
  return {
    ...countedStatus(job, counts),
    ...(conditions ? { conditions } : {}),
    ...(isIndexed && counts.completedIndexes.size > 0
      ? { completedIndexes: formatIndexes(counts.completedIndexes) }
      : {}),
    uncountedTerminatedPods: dropEmpty({
      succeeded: [...succeeded, ...uids(counts.newSucceeded)],
      failed: [...failed, ...uids(counts.newFailed)],
    }),
  };
}

function countedStatus(job: Job, { active, ready, terminating }: PodCounts): JobStatus {
  return { ...job.status, active: active.length, ready, terminating };
}

function foldNoted(step: Step, job: Job, end: JobEnd | undefined): JobStatus {
  const owned = podsOf(step, job);
  const counts = countPods(job, owned);
  const waiting = new Set(owned.filter(isTracked).map(({ metadata }) => metadata.uid));
  const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {};
  const status = countedStatus(job, counts);
  const isIndexed = job.spec.completionMode === 'Indexed';
  const folded: JobStatus = {
    ...status,
    succeeded: isIndexed
      ? counts.completedIndexes.size
      : (status.succeeded ?? 0) + succeeded.filter((uid) => !waiting.has(uid)).length,
    failed: (status.failed ?? 0) + failed.filter((uid) => !waiting.has(uid)).length,
    uncountedTerminatedPods: dropEmpty({
      succeeded: succeeded.filter((uid) => waiting.has(uid)),
      failed: failed.filter((uid) => waiting.has(uid)),
    }),
  };
  const isQuiet =
    counts.active.length === 0 &&
    counts.terminating === 0 &&
    counts.newSucceeded.length + counts.newFailed.length === 0;
  return end && isQuiet ? finishStatus(step, job, folded, end) : folded;
}

function finishStatus(step: Step, job: Job, status: JobStatus, end: JobEnd): JobStatus {
  const nowMs = step.clock.now();
  const note =
    end.final === 'Complete'
      ? { reason: 'Completed', message: 'Job completed' }
      : { reason: end.reason, message: end.message };
  step.events.record(job, { type: end.final === 'Complete' ? 'Normal' : 'Warning', ...note });
  const conditions = withCondition(status.conditions, buildCondition(end.final, 'True', end, nowMs));
  return { ...status, conditions, ...(end.final === 'Complete' ? { completionTime: formatTime(nowMs) } : {}) };
}

function dropEmpty(noted: {
  succeeded: string[];
  failed: string[];
}): NonNullable<JobStatus['uncountedTerminatedPods']> {
  return {
    ...(noted.succeeded.length > 0 ? { succeeded: noted.succeeded } : {}),
    ...(noted.failed.length > 0 ? { failed: noted.failed } : {}),
  };
}

async function writeStatus(step: Step, job: Job, status: JobStatus): Promise<Job> {
  const next = withoutZeros(status, 'ready', 'terminating');
  const known = step.cluster.cache(jobs).byUid(job.metadata.uid);
  if (deepEqual(next, known?.status ?? {})) return { ...job, status: next };
  return step.cluster.updateStatus(jobs, { ...(known ?? job), status: next }, { signal: step.signal });
}

export function buildCondition(
  type: string,
  status: Condition['status'],
  why: { reason: string; message: string },
  nowMs: number,
): Condition {
  const time = formatTime(nowMs);
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason: why.reason, message: why.message };
}

export function withCondition(conditions: readonly Condition[] | undefined, next: Condition): Condition[] {
  const known = findCondition(conditions, next.type);
  if (known?.status === next.status) return [...(conditions ?? [])];
  return [...(conditions ?? []).filter(({ type }) => type !== next.type), next];
}
