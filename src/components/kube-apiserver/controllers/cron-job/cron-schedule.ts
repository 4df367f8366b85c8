import { matchesCronDay, parseCron } from '#base/cron';
import type { CronSchedule as FieldSchedule } from '#base/cron';

/** A schedule as CronJobs take it: five fields, or `@every`. */
export interface CronSchedule extends FieldSchedule {
  /** For `@every`: the fixed distance in milliseconds. */
  readonly everyMs?: number;
}

const minuteMs = 60_000;

/** Parses a schedule as CronJobs take it; undefined when it is malformed. */
export function parseCronSchedule(text: string): CronSchedule | undefined {
  const every = /^@every\s+(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text.trim());
  if (every === null) return parseCron(text);
  const everyMs = ((Number(every[1] ?? 0) * 60 + Number(every[2] ?? 0)) * 60 + Number(every[3] ?? 0)) * 1000;
  const always = parseCron('* * * * *');
  return always === undefined ? undefined : { ...always, ...(everyMs > 0 ? { everyMs } : {}) };
}

interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** The first time after `afterMs` that the schedule names, in a time zone; undefined when there is none within five years. */
export function nextCronTime(schedule: CronSchedule, afterMs: number, timeZone = 'UTC'): number | undefined {
  if (schedule.everyMs !== undefined) return (Math.floor(afterMs / 1000) + Math.floor(schedule.everyMs / 1000)) * 1000;
  const format = wallClock(timeZone);
  let at = (Math.floor(afterMs / minuteMs) + 1) * minuteMs;
  const end = afterMs + 5 * 366 * 86_400_000;
  while (at <= end) {
    const wall = format(at);
    const toNextHour = (60 - wall.minute) * minuteMs;
    // A wrong day is left in one leap to its last hours, which no change of summer time carries past midnight.
    if (!matchesDay(schedule, wall))
      at += wall.hour < 20 ? (22 - wall.hour) * 60 * minuteMs - wall.minute * minuteMs : toNextHour;
    else if (!schedule.hours.has(wall.hour)) at += toNextHour;
    else if (!schedule.minutes.has(wall.minute)) at += minuteMs;
    else return at;
  }
  return undefined;
}

function matchesDay(schedule: CronSchedule, { year, month, day }: WallTime): boolean {
  return matchesCronDay(schedule, new Date(Date.UTC(year, month - 1, day)));
}

function wallClock(timeZone: string): (ms: number) => WallTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (ms) => {
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
    return { year, month, day, hour, minute };
  };
}

export function isTimeZone(name: string): boolean {
  try {
    wallClock(name);
    return true;
  } catch {
    return false;
  }
}
