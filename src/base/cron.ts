/** A five-field cron schedule: minute, hour, day of month, month, day of week; names, ranges, steps and `@daily` forms. */
export interface CronSchedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** When both day fields are restricted either one may match, as cron has it. */
  readonly isDayAny: boolean;
  readonly isWeekdayAny: boolean;
}

const shortcuts: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface FieldRange {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const ranges: readonly FieldRange[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: monthNames },
  { min: 0, max: 7, names: dayNames },
];

/** Reads a schedule; undefined when it is malformed. */
export function parseCron(text: string): CronSchedule | undefined {
  const expanded = shortcuts[text.trim().toLowerCase()] ?? text.trim();
  const fields = expanded.split(/\s+/);
  if (fields.length !== ranges.length) return undefined;
  const sets = fields.map((field, index) => parseField(field.toLowerCase(), ranges[index] as FieldRange));
  const [minutes, hours, days, months, weekdays] = sets;
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const isAny = (field: string | undefined) => field !== undefined && /^[*?](\/1)?$/.test(field);
  // Sunday is 0 and 7.
  if (weekdays.has(7)) weekdays.add(0);
  return { minutes, hours, days, months, weekdays, isDayAny: isAny(fields[2]), isWeekdayAny: isAny(fields[4]) };
}

function parseField(field: string, range: FieldRange): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(\*|\?|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const [, from = '', to, stepText] = match;
    const isAny = from === '*' || from === '?';
    const step = stepText === undefined ? 1 : Number(stepText);
    const low = isAny ? range.min : valueOf(from, range);
    // "5/10" counts from 5 to the end.
    const high = to !== undefined ? valueOf(to, range) : isAny || stepText !== undefined ? range.max : low;
    if (low === undefined || high === undefined || low > high || step < 1 || (isAny && to !== undefined))
      return undefined;
    for (let value = low; value <= high; value += step) values.add(value);
  }
  return values;
}

function valueOf(text: string, { min, max, names }: FieldRange): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + min : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** A leap day is at most eight years away. */
const horizonDays = 8 * 366;

/** The first time after `afterMs` that matches, in UTC; undefined when there is none (30 February). Milliseconds since the epoch. */
export function nextCronTime(schedule: CronSchedule, afterMs: number): number | undefined {
  const start = Math.floor(afterMs / minuteMs) * minuteMs + minuteMs;
  let day = Math.floor(start / dayMs) * dayMs;
  for (let n = 0; n <= horizonDays; n++, day += dayMs) {
    if (!matchesCronDay(schedule, new Date(day))) continue;
    const found = firstMinute(schedule, day === Math.floor(start / dayMs) * dayMs ? (start - day) / minuteMs : 0);
    if (found !== undefined) return day + found * minuteMs;
  }
  return undefined;
}

/** Whether the schedule names any minute of that date; its UTC fields are read. */
export function matchesCronDay({ days, months, weekdays, isDayAny, isWeekdayAny }: CronSchedule, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const isDay = days.has(date.getUTCDate());
  const isWeekday = weekdays.has(date.getUTCDay());
  return isDayAny || isWeekdayAny ? isDay && isWeekday : isDay || isWeekday;
}

function firstMinute({ hours, minutes }: CronSchedule, from: number): number | undefined {
  for (let minute = from; minute < 24 * 60; minute++) {
    if (hours.has(Math.floor(minute / 60)) && minutes.has(minute % 60)) return minute;
  }
  return undefined;
}

/** How far local time is ahead of UTC at that moment in an IANA zone; undefined for an unknown zone. Milliseconds. */
export function zoneOffsetMs(timeZone: string, atMs: number): number | undefined {
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(atMs);
    const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return local - Math.floor(atMs / 1000) * 1000;
  } catch {
    return undefined;
  }
}
