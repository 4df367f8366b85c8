/**
 * Semantic versions and ranges as Helm and Argo CD read them (`compatibility.md` a.2): versions may be short (`v1`, `1.2`), a range is
 * `||` of comma- or space-separated comparisons (`=`, `!=`, `>`, `<`, `>=`, `=>`, `<=`, `=<`, `~`, `~>`, `^`, wildcards,
 * `1.2 - 1.4`), and a pre-release is only considered by a comparison that names one.
 */
export interface Semver {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly prerelease: readonly string[];
  readonly original: string;
}

export type SemverConstraint = (version: Semver) => boolean;

const number = '(0|[1-9]\\d*)';
const suffix = '(?:-([0-9A-Za-z.-]+))?(?:\\+([0-9A-Za-z.-]+))?';
const versionPattern = new RegExp(`^v?${number}(?:\\.${number})?(?:\\.${number})?${suffix}$`);
const wildcard = '(\\d+|[xX*])';
const partialPattern = new RegExp(`^v?${wildcard}(?:\\.${wildcard})?(?:\\.${wildcard})?${suffix}$`);
const comparisonPattern = /\s*(!=|>=|=>|<=|=<|~>|[=<>~^])?\s*([^\s,<>=~^!]+)\s*,?/y;
const maxLength = 256;

/** A version, short forms filled with zeros; undefined when it is none. */
export function parseSemver(text: string): Semver | undefined {
  if (text.length > maxLength) return undefined;
  const match = versionPattern.exec(text);
  if (!match) return undefined;
  const [, major, minor, patch, prerelease] = match;
  const numbers = [major, minor, patch].map((part) => Number(part ?? 0));
  if (!numbers.every(Number.isSafeInteger)) return undefined;
  const labels = prerelease === undefined ? [] : prerelease.split('.');
  if (labels.some((label) => label === '' || /^0\d+$/.test(label))) return undefined;
  return {
    major: numbers[0] as number,
    minor: numbers[1] as number,
    patch: numbers[2] as number,
    prerelease: labels,
    original: text,
  };
}

/** Negative, zero or positive as `left` comes before, with or after `right`. Build metadata does not count. */
export function compareSemver(left: Semver, right: Semver): number {
  const core = left.major - right.major || left.minor - right.minor || left.patch - right.patch;
  return core || comparePrerelease(left.prerelease, right.prerelease);
}

/** A range as a predicate; undefined when the text is none. */
export function parseSemverConstraint(text: string): SemverConstraint | undefined {
  if (text.length > maxLength || text.trim() === '') return undefined;
  const alternatives: SemverConstraint[][] = [];
  for (const alternative of text.split('||')) {
    const comparisons = parseComparisons(alternative);
    if (!comparisons) return undefined;
    alternatives.push(comparisons);
  }
  return (version) => alternatives.some((comparisons) => comparisons.every((holds) => holds(version)));
}

/** The highest of `candidates` (those that are no versions are passed over) that the constraint accepts. */
export function highestMatching(candidates: Iterable<string>, constraint: SemverConstraint): string | undefined {
  let best: Semver | undefined;
  for (const candidate of candidates) {
    const version = parseSemver(candidate);
    if (version && constraint(version) && (!best || compareSemver(version, best) > 0)) best = version;
  }
  return best?.original;
}

function comparePrerelease(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return right.length - left.length;
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareLabel(left[i] as string, right[i] as string);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareLabel(left: string, right: string): number {
  if (left === right) return 0;
  const numeric = [left, right].map((label) => /^\d+$/.test(label));
  if (numeric[0] && numeric[1]) return Number(left) - Number(right);
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1;
  return left < right ? -1 : 1;
}

function parseComparisons(text: string): SemverConstraint[] | undefined {
  const spelled = text.replace(/(\S+)\s+-\s+(\S+)/g, '>=$1 <=$2').trim();
  if (spelled === '') return undefined;
  const comparisons: SemverConstraint[] = [];
  comparisonPattern.lastIndex = 0;
  while (comparisonPattern.lastIndex < spelled.length) {
    const match = comparisonPattern.exec(spelled);
    const comparison = match && buildComparison(match[1] ?? '=', match[2] as string);
    if (!comparison) return undefined;
    comparisons.push(comparison);
  }
  return comparisons;
}

interface Partial {
  readonly low: Semver;
  /** How many of major, minor, patch were written. */
  readonly precision: 0 | 1 | 2 | 3;
}

function parsePartial(text: string): Partial | undefined {
  const match = partialPattern.exec(text);
  if (!match) return undefined;
  const parts = match.slice(1, 4);
  const wild = parts.findIndex((part) => part === undefined || /^[xX*]$/.test(part));
  const precision = (wild < 0 ? 3 : wild) as Partial['precision'];
  const low = parseSemver(
    [0, 1, 2].map((i) => (i < precision ? parts[i] : '0')).join('.') + (match[4] === undefined ? '' : `-${match[4]}`),
  );
  return low && { low, precision };
}

function buildComparison(operator: string, text: string): SemverConstraint | undefined {
  const partial = parsePartial(text);
  if (!partial) return undefined;
  const { low } = partial;
  const inRange = rangeOf(operator, partial);
  return (version) => (version.prerelease.length === 0 || low.prerelease.length > 0) && inRange(version);
}

function rangeOf(operator: string, { low, precision }: Partial): SemverConstraint {
  const atLeast = (version: Semver) => compareSemver(version, low) >= 0;
  const below = (bound: Semver | undefined) => (version: Semver) => !bound || compareSemver(version, bound) < 0;
  const within = (bound: Semver | undefined) => (version: Semver) => atLeast(version) && below(bound)(version);
  const afterWritten = precision === 3 ? undefined : bump(low, precision);
  switch (operator) {
    case '>':
      if (precision === 3) return (version) => compareSemver(version, low) > 0;
      return (version) => afterWritten !== undefined && compareSemver(version, afterWritten) >= 0;
    case '>=':
    case '=>':
      return atLeast;
    case '<':
      return below(low);
    case '<=':
    case '=<':
      return precision === 3 ? (version) => compareSemver(version, low) <= 0 : below(afterWritten);
    case '~':
    case '~>':
      return within(bump(low, precision === 3 ? 2 : precision));
    case '^':
      return within(caretBound(low, precision));
    case '!=':
      return precision === 3
        ? (version) => compareSemver(version, low) !== 0
        : (version) => !within(afterWritten)(version);
    default:
      return precision === 3 ? (version) => compareSemver(version, low) === 0 : within(afterWritten);
  }
}

/** The first version after all that start with the first `precision` numbers; undefined when all versions do. */
function bump(low: Semver, precision: number): Semver | undefined {
  if (precision === 0) return undefined;
  if (precision === 1) return release(low.major + 1, 0, 0);
  if (precision === 2) return release(low.major, low.minor + 1, 0);
  return release(low.major, low.minor, low.patch + 1);
}

/** Up to the next change of the first number that is not zero. */
function caretBound(low: Semver, precision: number): Semver | undefined {
  if (precision === 0) return undefined;
  if (low.major > 0 || precision === 1) return bump(low, 1);
  if (low.minor > 0 || precision === 2) return bump(low, 2);
  return bump(low, 3);
}

function release(major: number, minor: number, patch: number): Semver {
  return { major, minor, patch, prerelease: [], original: `${major}.${minor}.${patch}` };
}
