import type { KubeObject } from '#libs/kube';
import { isAlreadyExists } from '#libs/kube';
import { toWindlassError } from '#base/errors';
import { deepEqual } from '#base/json';
import type { Step } from '../framework/step.ts';
import type { CronJob, Job } from '../kinds/batch.ts';
import { finishedCondition, jobCondition } from '../kinds/batch.ts';
import {
  compareCreation,
  controllerReference,
  formatTime,
  isTerminating,
  splitKey,
  timeOf,
} from '../kinds/live-object.ts';
import { cronJobs, jobs } from '../kinds/resources.ts';
import { isTimeZone, parseCronSchedule } from './cron-schedule.ts';
import { decideRun } from './decide-run.ts';

export async function reconcileCronJob(step: Step, key: string): Promise<number | undefined> {
  const { namespace, name } = splitKey(key);
  const cronJob = step.cluster.cache(cronJobs).get(namespace, name);
  if (!cronJob || isTerminating(cronJob)) return undefined;
  const owned = step.cluster.cache(jobs).byIndex('controller', cronJob.metadata.uid);
  await trimHistory(step, cronJob, owned);
  const status = noteFinished(step, cronJob, owned);
  const { schedule: text, timeZone, suspend } = cronJob.spec;
  const schedule = parseCronSchedule(text);
  if (!schedule || (timeZone !== undefined && !isTimeZone(timeZone))) {
    const reason = schedule ? 'UnknownTimeZone' : 'UnparseableSchedule';
    const message = schedule ? `invalid timeZone: "${timeZone}"` : `unparseable schedule: "${text}"`;
    step.events.record(cronJob, { type: 'Warning', reason, message });
    return writeStatus(step, cronJob, status);
  }
  if (suspend) return writeStatus(step, cronJob, status);
  const { dueMs, nextMs } = decideRun(cronJob, schedule, step.clock.now());
  const next = dueMs === undefined ? status : await runDue(step, cronJob, { status, dueMs });
  await writeStatus(step, cronJob, next);
  return nextMs === undefined ? undefined : Math.max(0, nextMs - step.clock.now());
}

type CronStatus = NonNullable<CronJob['status']>;

async function runDue(
  step: Step,
  cronJob: CronJob,
  { status, dueMs }: { status: CronStatus; dueMs: number },
): Promise<CronStatus> {
  const { concurrencyPolicy } = cronJob.spec;
  const active = status.active ?? [];
  if (concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    step.events.record(cronJob, { type: 'Normal', reason: 'JobAlreadyActive', message });
    return status;
  }
  if (concurrencyPolicy === 'Replace') {
    for (const { uid } of active) {
      const job = step.cluster.cache(jobs).byUid(uid);
      if (job) await deleteJob(step, cronJob, job);
    }
  }
  const kept = concurrencyPolicy === 'Replace' ? [] : active;
  const job = await createJob(step, cronJob, dueMs);
  const lastScheduleTime = formatTime(dueMs);
  if (!job) return { ...status, lastScheduleTime };
  const { apiVersion, kind, metadata } = job;
  const reference = {
    apiVersion,
    kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
  };
  return { ...status, active: [...kept, reference], lastScheduleTime };
}

/** The name says for which minute it runs: a second attempt for the same minute finds it taken. */
async function createJob(step: Step, cronJob: CronJob, dueMs: number): Promise<Job | undefined> {
  const draft = buildJob(cronJob, dueMs);
  try {
    const job = await step.cluster.create(jobs, draft, { signal: step.signal });
    step.events.record(cronJob, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created job ${job.metadata.name}`,
    });
    return job;
  } catch (error) {
    if (isAlreadyExists(error)) return undefined;
    step.events.record(cronJob, {
      type: 'Warning',
      reason: 'FailedCreate',
      message: `Error creating job: ${toWindlassError(error).message}`,
    });
    throw error;
  }
}

export function buildJob(cronJob: CronJob, dueMs: number): KubeObject {
  const { metadata = {}, spec } = cronJob.spec.jobTemplate;
  const { namespace } = cronJob.metadata;
  const scheduled = new Intl.DateTimeFormat('sv-SE', {
    timeZone: cronJob.spec.timeZone ?? 'UTC',
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(dueMs);
  const offset = cronJob.spec.timeZone === undefined ? 'Z' : zoneOffset(scheduled, dueMs);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${cronJob.metadata.name}-${Math.floor(dueMs / 60_000)}`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(metadata.labels ? { labels: metadata.labels } : {}),
      annotations: {
        ...metadata.annotations,
        'batch.kubernetes.io/cronjob-scheduled-timestamp': `${scheduled.replace(' ', 'T')}${offset}`,
      },
      ownerReferences: [controllerReference(cronJob)],
    },
    spec,
  };
}

/** "+02:00" of a local time. */
function zoneOffset(local: string, atMs: number): string {
  const minutes = Math.round((Date.parse(`${local.replace(' ', 'T')}Z`) - Math.floor(atMs / 1000) * 1000) / 60_000);
  if (minutes === 0) return 'Z';
  const two = (n: number) => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

function noteFinished(step: Step, cronJob: CronJob, owned: readonly Job[]): CronStatus {
  const status: CronStatus = { ...cronJob.status };
  const running = new Map(owned.filter((job) => !finishedCondition(job)).map((job) => [job.metadata.uid, job]));
  const active = status.active ?? [];
  for (const job of owned) {
    const isListed = active.some(({ uid }) => uid === job.metadata.uid);
    if (!finishedCondition(job)) continue;
    if (isListed) {
      const message = `Saw completed job: ${job.metadata.name}, condition: ${finishedCondition(job)?.type ?? ''}`;
      step.events.record(cronJob, { type: 'Normal', reason: 'SawCompletedJob', message });
    }
    const done = jobCondition(job, 'Complete') && job.status?.completionTime;
    if (done && timeOf(done) > timeOf(status.lastSuccessfulTime)) status.lastSuccessfulTime = done;
  }
  const still = active.filter(({ uid }) => running.has(uid));
  if (still.length > 0) status.active = still;
  else delete status.active;
  return status;
}

async function trimHistory(step: Step, cronJob: CronJob, owned: readonly Job[]): Promise<void> {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cronJob.spec;
  for (const [type, limit] of [
    ['Complete', successfulJobsHistoryLimit],
    ['Failed', failedJobsHistoryLimit],
  ] as const) {
    const finished = owned.filter((job) => jobCondition(job, type) && !isTerminating(job)).sort(compareCreation);
    for (const job of finished.slice(0, Math.max(0, finished.length - limit))) await deleteJob(step, cronJob, job);
  }
}

async function deleteJob(step: Step, cronJob: CronJob, job: Job): Promise<void> {
  await step.cluster.delete(jobs, job, { signal: step.signal });
  step.events.record(cronJob, {
    type: 'Normal',
    reason: 'SuccessfulDelete',
    message: `Deleted job ${job.metadata.name}`,
  });
}

async function writeStatus(step: Step, cronJob: CronJob, status: CronStatus): Promise<undefined> {
  if (!deepEqual(status, cronJob.status ?? {}))
    await step.cluster.updateStatus(cronJobs, { ...cronJob, status }, { signal: step.signal });
  return undefined;
}
