interface Field {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly names?: readonly string[];
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const days = 'sun mon tue wed thu fri sat'.split(' ');
const fields: readonly Field[] = [
  { name: 'minute', minimum: 0, maximum: 59 },
  { name: 'hour', minimum: 0, maximum: 23 },
  { name: 'day of month', minimum: 1, maximum: 31 },
  { name: 'month', minimum: 1, maximum: 12, names: months },
  { name: 'day of week', minimum: 0, maximum: 7, names: days },
];

const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What is wrong with a cron schedule; empty when it can be followed. */
export function checkCronSchedule(schedule: string): readonly string[] {
  if (schedule.startsWith('@')) {
    return descriptors.includes(schedule) || /^@every \S+$/.test(schedule)
      ? []
      : [`unrecognized descriptor: ${schedule}`];
  }
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== 5) return [`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`];
  for (let i = 0; i < fields.length; i++) {
    const problem = checkPart(parts[i] as string, fields[i] as Field);
    if (problem !== undefined) return [problem];
  }
  return [];
}

function checkPart(part: string, field: Field): string | undefined {
  for (const range of part.split(',')) {
    const [span = '', step, ...more] = range.split('/');
    if (more.length > 0) return `too many slashes: ${range}`;
    if (step !== undefined && !/^\d+$/.test(step))
      return `failed to parse int from ${step}: strconv.Atoi: parsing ${JSON.stringify(step)}: invalid syntax`;
    if (step === '0') return `step of range should be a positive number: ${range}`;
    if (span === '*' || span === '?') continue;
    const ends = span.split('-');
    if (ends.length > 2) return `too many hyphens: ${range}`;
    const numbers = ends.map((end) => toNumber(end, field));
    const bad = numbers.findIndex((one) => Number.isNaN(one));
    if (bad >= 0)
      return `failed to parse int from ${ends[bad] as string}: strconv.Atoi: parsing ${JSON.stringify(ends[bad])}: invalid syntax`;
    const [low = 0, high = low] = numbers;
    if (low < field.minimum) return `beginning of range (${low}) below minimum (${field.minimum}): ${range}`;
    if (high > field.maximum) return `end of range (${high}) above maximum (${field.maximum}): ${range}`;
    if (low > high) return `beginning of range (${low}) beyond end of range (${high}): ${range}`;
  }
  return undefined;
}

function toNumber(text: string, { names, minimum }: Field): number {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  if (index >= 0) return index + (minimum === 1 ? 1 : 0);
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
