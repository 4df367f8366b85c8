import type { CronJob } from '../kinds/batch.ts';
import { timeOf } from '../kinds/live-object.ts';
import type { CronSchedule } from './cron-schedule.ts';
import { nextCronTime } from './cron-schedule.ts';

export interface RunDecision {
  /** The scheduled time that is due and was not run yet. */
  readonly dueMs: number | undefined;
  readonly nextMs: number | undefined;
}

/** Beyond this many missed times only the newest counts. */
const maxMissed = 100;

/** The newest scheduled time since the last run that has passed, and the next one to wait for. */
export function decideRun(cronJob: CronJob, schedule: CronSchedule, nowMs: number): RunDecision {
  const { timeZone, startingDeadlineSeconds } = cronJob.spec;
  const nextMs = nextCronTime(schedule, nowMs, timeZone);
  const since = Math.max(
    timeOf(cronJob.status?.lastScheduleTime) || timeOf(cronJob.metadata.creationTimestamp),
    startingDeadlineSeconds === undefined ? 0 : nowMs - startingDeadlineSeconds * 1000,
  );
  let dueMs: number | undefined;
  let from = since;
  for (let missed = 0; ; missed++) {
    const at = nextCronTime(schedule, from, timeZone);
    if (at === undefined || at > nowMs) return { dueMs, nextMs };
    dueMs = at;
    from = missed < maxMissed ? at : Math.max(at, nowMs - (at - from) * 2);
  }
}
