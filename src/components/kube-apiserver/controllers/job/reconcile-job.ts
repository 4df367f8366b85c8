import { toWindlassError } from '#base/errors';
import { claimOwned } from '../framework/claim-owned.ts';
import { findCondition } from '../framework/set-condition.ts';
import { slowStart } from '../framework/slow-start.ts';
import type { Step } from '../framework/step.ts';
import type { Job, JobStatus } from '../kinds/batch.ts';
import { finishedCondition, jobCondition } from '../kinds/batch.ts';
import { formatTime, isTerminating, splitKey, timeOf } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { jobs, pods } from '../kinds/resources.ts';
import { buildJobPod } from './build-job-pod.ts';
import { buildCondition, settleStatus, withCondition } from './settle-job-status.ts';
import { dropTracking } from './drop-tracking.ts';
import type { PodCounts } from './count-pods.ts';
import { countPods, isTracked } from './count-pods.ts';
import { decideJobEnd, missingIndexes, nextCreationAt, wantedActive } from './decide-job.ts';

const ourManager = 'kubernetes.io/job-controller';

/** One step of a job: count what has finished, decide whether it is over, keep the wanted number of pods running. */
export async function reconcileJob(step: Step, key: string): Promise<number | undefined> {
  const { namespace, name } = splitKey(key);
  const job = step.cluster.cache(jobs).get(namespace, name);
  if (!job || (job.spec.managedBy ?? ourManager) !== ourManager) return undefined;
  if (finishedCondition(job)) return retireJob(step, job);
  if (isTerminating(job)) return undefined;
  await claimOwned(step.cluster, { owner: job, ownerResource: jobs, resource: pods, signal: step.signal });
  const started = await markStart(step, job);
  const owned = podsOf(step, started);
  const counts = countPods(started, owned);
  const end = decideJobEnd(started, counts, step.clock.now());
  let failure: unknown;
  let waitMs: number | undefined;
  try {
    if (end) await deletePods(step, started, counts.active);
    else waitMs = await matchCount(step, started, counts);
  } catch (error) {
    failure = error;
  }
  await settleStatus(step, started, end);
  if (failure) throw failure;
  return earliest(waitMs, deadlineWait(step, started));
}

function podsOf(step: Step, job: Job): Pod[] {
  return step.cluster.cache(pods).byIndex('controller', job.metadata.uid);
}

function earliest(...waits: (number | undefined)[]): number | undefined {
  const known = waits.filter((wait) => wait !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

function deadlineWait(step: Step, job: Job): number | undefined {
  const { activeDeadlineSeconds, suspend } = job.spec;
  if (activeDeadlineSeconds === undefined || suspend || !job.status?.startTime) return undefined;
  return Math.max(0, timeOf(job.status.startTime) + activeDeadlineSeconds * 1000 - step.clock.now());
}

/** Start time, and the Suspended condition that follows `spec.suspend`. */
async function markStart(step: Step, job: Job): Promise<Job> {
  const nowMs = step.clock.now();
  const status: JobStatus = { ...job.status };
  const suspended = findCondition(status.conditions, 'Suspended');
  if (job.spec.suspend && suspended?.status !== 'True') {
    status.conditions = withCondition(
      status.conditions,
      buildCondition('Suspended', 'True', { reason: 'JobSuspended', message: 'Job suspended' }, nowMs),
    );
    delete status.startTime;
    step.events.record(job, { type: 'Normal', reason: 'Suspended', message: 'Job suspended' });
  } else if (!job.spec.suspend && suspended?.status === 'True') {
    status.conditions = withCondition(
      status.conditions,
      buildCondition('Suspended', 'False', { reason: 'JobResumed', message: 'Job resumed' }, nowMs),
    );
    status.startTime = formatTime(nowMs);
    step.events.record(job, { type: 'Normal', reason: 'Resumed', message: 'Job resumed' });
  } else if (!job.spec.suspend && !status.startTime) status.startTime = formatTime(nowMs);
  return { ...job, status };
}

async function matchCount(step: Step, job: Job, counts: PodCounts): Promise<number | undefined> {
  const missing = wantedActive(job, counts) - counts.active.length;
  if (missing < 0) await withdrawPods(step, job, counts.active.slice(missing));
  if (missing <= 0) return undefined;
  const waitMs = nextCreationAt(podsOf(step, job)) - step.clock.now();
  if (waitMs > 0) return waitMs;
  const indexes = job.spec.completionMode === 'Indexed' ? missingIndexes(job, counts, missing) : undefined;
  await slowStart(indexes?.length ?? missing, (n) => createPod(step, job, indexes?.[n]));
  return undefined;
}

async function createPod(step: Step, job: Job, index: number | undefined): Promise<void> {
  try {
    const pod = await step.cluster.create(pods, buildJobPod(job, index), { signal: step.signal });
    step.events.record(job, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${pod.metadata.name}`,
    });
  } catch (error) {
    step.events.record(job, {
      type: 'Warning',
      reason: 'FailedCreate',
      message: `Error creating: ${toWindlassError(error).message}`,
    });
    throw error;
  }
}

/** Pods that are no longer wanted are not counted when they end. */
async function withdrawPods(step: Step, job: Job, doomed: readonly Pod[]): Promise<void> {
  for (const pod of doomed) await dropTracking(step.cluster, pod, step.signal);
  await deletePods(step, job, doomed);
}

async function deletePods(step: Step, job: Job, doomed: readonly Pod[]): Promise<void> {
  for (const pod of doomed) {
    await step.cluster.delete(pods, pod, { signal: step.signal });
    step.events.record(job, {
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${pod.metadata.name}`,
    });
  }
}

/** A finished job lets go of its pods, and of itself after its time to live. */
async function retireJob(step: Step, job: Job): Promise<number | undefined> {
  for (const pod of podsOf(step, job).filter(isTracked)) {
    await dropTracking(step.cluster, pod, step.signal);
  }
  const ttl = job.spec.ttlSecondsAfterFinished;
  const finished = jobCondition(job, 'Complete') ?? jobCondition(job, 'Failed');
  if (ttl === undefined || !finished || isTerminating(job)) return undefined;
  const rest = timeOf(finished.lastTransitionTime) + ttl * 1000 - step.clock.now();
  if (rest > 0) return rest;
  await step.cluster.delete(jobs, job, { propagationPolicy: 'Foreground', signal: step.signal });
  return undefined;
}
