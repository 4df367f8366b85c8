/** A parsed five-field schedule: which values each field allows. */
export interface CronSchedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Day of month and day of week join by "or" when both are restricted. */
  readonly isAnyDay: boolean;
  readonly isAnyWeekday: boolean;
  /** For `@every`: the fixed distance in milliseconds. */
  readonly everyMs?: number;
}

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const minuteMs = 60_000;
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Parses a schedule as CronJobs take it; undefined when it is malformed. */
export function parseCronSchedule(text: string): CronSchedule | undefined {
  const trimmed = text.trim();
  const every = /^@every\s+(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(trimmed);
  const fields = (macros[trimmed] ?? (every ? '* * * * *' : trimmed)).split(/\s+/);
  if (fields.length !== 5) return undefined;
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const minutes = parseField(minute, { low: 0, high: 59 });
  const hours = parseField(hour, { low: 0, high: 23 });
  const days = parseField(day, { low: 1, high: 31 });
  const months = parseField(month, { low: 1, high: 12, names: monthNames });
  const weekdays = parseField(weekday, { low: 0, high: 7, names: dayNames });
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  if (weekdays.has(7)) weekdays.add(0);
  const isAny = (field: string) => field === '*' || field === '?';
  const everyMs = every
    ? ((Number(every[1] ?? 0) * 60 + Number(every[2] ?? 0)) * 60 + Number(every[3] ?? 0)) * 1000
    : 0;
  return {
    minutes,
    hours,
    days,
    months,
    weekdays,
    isAnyDay: isAny(day),
    isAnyWeekday: isAny(weekday),
    ...(everyMs > 0 ? { everyMs } : {}),
  };
}

interface FieldRange {
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

function parseField(text: string, range: FieldRange): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [span = '', step] = part.split('/');
    if (step !== undefined && !/^[1-9]\d*$/.test(step)) return undefined;
    const bounds = parseSpan(span, range, step !== undefined);
    if (!bounds) return undefined;
    for (let value = bounds[0]; value <= bounds[1]; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

function parseSpan(span: string, range: FieldRange, isStepped: boolean): [number, number] | undefined {
  if (span === '*' || span === '?') return [range.low, range.high];
  const [first = '', last] = span.split('-');
  const low = parseValue(first, range);
  const high = last === undefined ? (isStepped ? range.high : low) : parseValue(last, range);
  return low !== undefined && high !== undefined && low <= high ? [low, high] : undefined;
}

function parseValue(text: string, { low, high, names = [] }: FieldRange): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + (low === 1 ? 1 : 0);
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= low && value <= high ? value : undefined;
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
  if (!schedule.months.has(month)) return false;
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  const byDay = schedule.days.has(day);
  const byWeekday = schedule.weekdays.has(weekday);
  return schedule.isAnyDay || schedule.isAnyWeekday ? byDay && byWeekday : byDay || byWeekday;
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
