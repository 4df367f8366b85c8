import { describe, expect, it } from 'vitest';
import { nextCronTime, parseCron, zoneOffsetMs } from './cron.ts';

function next(schedule: string, after: string): string | undefined {
  const parsed = parseCron(schedule);
  if (parsed === undefined) return 'malformed';
  const time = nextCronTime(parsed, Date.parse(after));
  return time === undefined ? undefined : new Date(time).toISOString().slice(0, 16);
}

describe('nextCronTime', () => {
  it.each([
    ['* * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:01'],
    ['*/15 * * * *', '2026-01-01T00:14:59Z', '2026-01-01T00:15'],
    ['0 9-17/2 * * mon-fri', '2026-01-02T17:00:00Z', '2026-01-05T09:00'],
    ['30 4 1,15 * 5', '2026-01-02T05:00:00Z', '2026-01-09T04:30'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00'],
    ['0 0 30 2 *', '2026-01-01T00:00:00Z', undefined],
    ['5/20 0 * * *', '2026-01-01T00:06:00Z', '2026-01-01T00:25'],
    ['0 0 * * 7', '2026-01-01T00:00:00Z', '2026-01-04T00:00'],
    ['@daily', '2026-12-31T12:00:00Z', '2027-01-01T00:00'],
    ['0 0 1 jan *', '2026-01-01T00:00:00Z', '2027-01-01T00:00'],
  ])('%s after %s', (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });

  it.each(['', '* * * *', '60 * * * *', '* * 0 * *', 'a * * * *', '*/0 * * * *', '5-1 * * * *', '* * * * * *'])(
    'refuses %j',
    (schedule) => {
      expect(parseCron(schedule)).toBeUndefined();
    },
  );
});

describe('zoneOffsetMs', () => {
  it('knows daylight saving time and unknown zones', () => {
    expect(zoneOffsetMs('Europe/Berlin', Date.parse('2026-01-01T00:00:00Z'))).toBe(3_600_000);
    expect(zoneOffsetMs('Europe/Berlin', Date.parse('2026-07-01T00:00:00Z'))).toBe(7_200_000);
    expect(zoneOffsetMs('UTC', 0)).toBe(0);
    expect(zoneOffsetMs('Nowhere/Else', 0)).toBeUndefined();
  });
});
