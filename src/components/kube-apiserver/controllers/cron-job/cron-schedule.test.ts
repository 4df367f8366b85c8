import { describe, expect, it } from 'vitest';
import type { CronJob } from '../kinds/batch.ts';
import { isTimeZone, nextCronTime, parseCronSchedule } from './cron-schedule.ts';
import { decideRun } from './decide-run.ts';
import { buildJob } from './reconcile-cron-job.ts';

const next = (schedule: string, after: string, zone?: string) => {
  const parsed = parseCronSchedule(schedule);
  const at = parsed && nextCronTime(parsed, Date.parse(after), zone);
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);
};

describe('nextCronTime', () => {
  it.each([
    ['* * * * *', '2026-01-01T00:00:30Z', undefined, '2026-01-01T00:01'],
    ['*/15 * * * *', '2026-01-01T00:15:00Z', undefined, '2026-01-01T00:30'],
    ['0 9 * * 1-5', '2026-01-02T10:00:00Z', undefined, '2026-01-05T09:00'],
    ['0 0 1 * *', '2026-01-15T00:00:00Z', undefined, '2026-02-01T00:00'],
    ['30 4 1,15 * 5', '2026-01-02T05:00:00Z', undefined, '2026-01-09T04:30'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', undefined, '2028-02-29T00:00'],
    ['@daily', '2026-03-01T12:00:00Z', undefined, '2026-03-02T00:00'],
    ['0 8 * jan sun', '2026-01-01T00:00:00Z', undefined, '2026-01-04T08:00'],
    ['0 9 * * *', '2026-07-01T00:00:00Z', 'Europe/Berlin', '2026-07-01T07:00'],
    ['0 9 * * *', '2026-01-01T00:00:00Z', 'Europe/Berlin', '2026-01-01T08:00'],
    ['0 0 31 2 *', '2026-01-01T00:00:00Z', undefined, undefined],
  ])('%s after %s in %s', (schedule, after, zone, expected) => expect(next(schedule, after, zone)).toBe(expected));

  it.each(['', '* * * *', '61 * * * *', '* * * * mon-', 'x * * * *', '*/0 * * * *'])('refuses "%s"', (text) => {
    expect(parseCronSchedule(text)).toBeUndefined();
  });

  it('knows time zones', () => {
    expect(isTimeZone('Asia/Tokyo')).toBe(true);
    expect(isTimeZone('Nowhere/City')).toBe(false);
  });
});

describe('decideRun', () => {
  const cronJob = (extra: Partial<CronJob['spec']> = {}, lastScheduleTime?: string): CronJob => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tick', uid: 'c', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:10Z' },
    spec: { schedule: '*/10 * * * *', jobTemplate: { spec: { template: { spec: { containers: [] } } } }, ...extra },
    status: lastScheduleTime === undefined ? {} : { lastScheduleTime },
  });
  const decide = (subject: CronJob, now: string) => {
    const schedule = parseCronSchedule(subject.spec.schedule);
    const { dueMs, nextMs } = schedule
      ? decideRun(subject, schedule, Date.parse(now))
      : { dueMs: undefined, nextMs: undefined };
    return [dueMs, nextMs].map((at) => at && new Date(at).toISOString().slice(11, 16));
  };

  it('is due once per scheduled time', () => {
    expect(decide(cronJob(), '2026-01-01T00:05:00Z')).toEqual([undefined, '00:10']);
    expect(decide(cronJob(), '2026-01-01T00:10:01Z')).toEqual(['00:10', '00:20']);
    expect(decide(cronJob({}, '2026-01-01T00:10:00Z'), '2026-01-01T00:10:30Z')).toEqual([undefined, '00:20']);
  });

  it('runs only the newest of the times it missed', () => {
    expect(decide(cronJob({}, '2026-01-01T00:10:00Z'), '2026-01-01T02:05:00Z')).toEqual(['02:00', '02:10']);
  });

  it('forgets what is older than the starting deadline', () => {
    expect(decide(cronJob({ startingDeadlineSeconds: 60 }, '2026-01-01T00:10:00Z'), '2026-01-01T00:25:00Z')).toEqual([
      undefined,
      '00:30',
    ]);
  });

  it('names the job after its minute', () => {
    const dueMs = Date.parse('2026-01-01T00:10:00Z');
    expect(buildJob(cronJob(), dueMs).metadata.name).toBe(`tick-${dueMs / 60_000}`);
    const zoned = buildJob(cronJob({ timeZone: 'Europe/Berlin' }), dueMs).metadata.annotations;
    expect(zoned).toEqual({ 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T01:10:00+01:00' });
  });
});
