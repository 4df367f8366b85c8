import type { Job } from '../kinds/batch.ts';
import { jobCondition } from '../kinds/batch.ts';
import { timeOf } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { completionIndexOf } from './completion-indexes.ts';
import type { PodCounts } from './count-pods.ts';
import { matchFailurePolicy } from './match-failure-policy.ts';

export interface JobEnd {
  /** The condition that announces the end, before pods are gone. */
  readonly announce: 'SuccessCriteriaMet' | 'FailureTarget';
  readonly final: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

const backOff = { baseMs: 10_000, maxMs: 600_000 };

function failure(reason: string, message: string): JobEnd {
  return { announce: 'FailureTarget', final: 'Failed', reason, message };
}

/** Whether a job is over, and why; an end once announced stands. */
export function decideJobEnd(job: Job, counts: PodCounts, nowMs: number): JobEnd | undefined {
  const announced = jobCondition(job, 'FailureTarget');
  if (announced) return failure(announced.reason ?? '', announced.message ?? '');
  const policy = counts.newFailed
    .map((pod) => matchFailurePolicy(job, pod))
    .find((verdict) => verdict?.action === 'FailJob');
  if (policy) return failure('PodFailurePolicy', policy.message);
  const limit = job.spec.backoffLimit ?? 6;
  const retriesInPod =
    job.spec.template.spec.restartPolicy === 'OnFailure' && counts.restarts > 0 && counts.restarts >= limit;
  if (counts.failed > limit || retriesInPod)
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  const deadline = job.spec.activeDeadlineSeconds;
  if (
    deadline !== undefined &&
    job.status?.startTime &&
    !job.spec.suspend &&
    timeOf(job.status.startTime) + deadline * 1000 <= nowMs
  ) {
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
  }
  return isSuccessful(job, counts)
    ? {
        announce: 'SuccessCriteriaMet',
        final: 'Complete',
        reason: 'CompletionsReached',
        message: 'Reached expected number of succeeded pods',
      }
    : undefined;
}

function isSuccessful(job: Job, { succeeded, active }: PodCounts): boolean {
  const { completions } = job.spec;
  return completions === undefined ? succeeded > 0 && active.length === 0 : succeeded >= completions;
}

/** How many pods should be active now. */
export function wantedActive(job: Job, { succeeded, active }: PodCounts): number {
  const { completions, parallelism = 1 } = job.spec;
  if (job.spec.suspend) return 0;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

/** Indexes without a pod and not yet completed, lowest first. */
export function missingIndexes(job: Job, counts: PodCounts, count: number): number[] {
  const taken = new Set(counts.active.map(completionIndexOf));
  const missing: number[] = [];
  for (let index = 0; index < (job.spec.completions ?? 0) && missing.length < count; index++) {
    if (!taken.has(index) && !counts.completedIndexes.has(index)) missing.push(index);
  }
  return missing;
}

/** When the next pod may be created after failures: ten seconds after the last one, doubling, at most ten minutes. */
export function nextCreationAt(pods: readonly Pod[]): number {
  const ends = pods.flatMap((pod) => {
    if (pod.status?.phase !== 'Failed' && pod.status?.phase !== 'Succeeded') return [];
    const finished = (pod.status.containerStatuses ?? []).map(({ state }) => timeOf(state.terminated?.finishedAt));
    return [
      {
        atMs: Math.max(0, ...finished) || timeOf(pod.metadata.creationTimestamp),
        failed: pod.status.phase === 'Failed',
      },
    ];
  });
  const lastSuccess = Math.max(0, ...ends.filter(({ failed }) => !failed).map(({ atMs }) => atMs));
  const failures = ends.filter(({ failed, atMs }) => failed && atMs > lastSuccess);
  if (failures.length === 0) return 0;
  const delay = Math.min(backOff.maxMs, backOff.baseMs * 2 ** (failures.length - 1));
  return Math.max(...failures.map(({ atMs }) => atMs)) + delay;
}
