import { dump } from 'js-yaml';
import { usageError } from '../program/usage-error.ts';

/** A value as `-o json` or `-o yaml` shows it, keys in alphabetical order as Go writes them. Throws USAGE for another format. */
export function renderObject(value: unknown, format: string): string {
  const sorted = sortKeys(value);
  if (format === 'json') return `${JSON.stringify(sorted, undefined, 2)}\n`;
  if (format === 'yaml') return dump(sorted, goStyle);
  throw usageError(`--output: "${format}" is not supported here.`, 'Use json or yaml.');
}

/** Double quotes and lists at their key's column, as Go's YAML writes them. */
const goStyle = { lineWidth: -1, noRefs: true, noCompatMode: false, quotingType: '"', noArrayIndent: true } as const;

/** A copy with every mapping's keys in alphabetical order; what is undefined is left out. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  // Integers beyond 2^53: neither printer has a form for them but text.
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sortKeys(member)]),
  );
}
