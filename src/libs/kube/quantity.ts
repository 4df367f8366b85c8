import { WindlassError } from '#base/errors';

export type QuantityFormat = 'decimal' | 'binary' | 'exponent';

/** A resource quantity as Kubernetes counts: an exact number of nano-units, and the kind of suffix it is written with. */
export interface Quantity {
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

const syntax = /^([+-]?)(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]?|[eE][+-]?\d+)$/;
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const nanoPerUnit = 1_000_000_000n;
const largest = (2n ** 63n - 1n) * nanoPerUnit;

/** Parses "500m", "1.5Gi", "1e3" or a JSON number. Throws QUANTITY_INVALID. */
export function parseQuantity(value: string | number): Quantity {
  const quantity = tryParseQuantity(value);
  if (quantity !== undefined) return quantity;
  throw new WindlassError({
    code: 'QUANTITY_INVALID',
    kind: 'InvalidInput',
    message: `"${value}" is not a quantity: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'.`,
    hint: 'Write a number with an optional suffix, such as 500m, 2, 1.5Gi or 1e3.',
  });
}

/** Like `parseQuantity`, with undefined for what is not a quantity. */
export function tryParseQuantity(value: unknown): Quantity | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = syntax.exec(String(value).trim());
  if (!match) return undefined;
  const [, sign, digits = '', suffix = ''] = match;
  const dot = digits.indexOf('.');
  const whole = dot < 0 ? digits : digits.slice(0, dot) + digits.slice(dot + 1);
  const decimals = dot < 0 ? 0 : digits.length - dot - 1;
  const scale = scaleOf(suffix);
  const magnitude = scaled(BigInt(whole), decimals, scale);
  // The server caps binary quantities only.
  const nano = scale.format === 'binary' && magnitude > largest ? largest : magnitude;
  return { nano: sign === '-' ? -nano : nano, format: scale.format };
}

interface Scale {
  readonly format: QuantityFormat;
  /** The suffix means 10^ten · 2^two. */
  readonly ten: number;
  readonly two: number;
}

function scaleOf(suffix: string): Scale {
  const binary = binarySuffixes.indexOf(suffix);
  if (binary > 0) return { format: 'binary', ten: 0, two: binary * 10 };
  if (/^[eE]./.test(suffix))
    return { format: 'exponent', ten: Math.max(-1000, Math.min(1000, Number(suffix.slice(1)))), two: 0 };
  return { format: 'decimal', ten: (decimalSuffixes.indexOf(suffix) - 3) * 3, two: 0 };
}

/** In nano-units; what is finer than a nano rounds away from zero, so that something asked for never becomes nothing. */
function scaled(digits: bigint, decimals: number, { ten, two }: Scale): bigint {
  const power = ten - decimals + 9;
  const value = digits * 2n ** BigInt(two);
  if (power >= 0) return value * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (value + divisor - 1n) / divisor;
}

/** The text that Kubernetes stores: the largest suffix that loses no precision. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  if (format === 'binary' && nano % nanoPerUnit === 0n) {
    const value = nano / nanoPerUnit;
    if (value >= 1024n || value <= -1024n) return formatBinary(value);
  }
  return formatDecimal(nano, format === 'exponent');
}

function formatBinary(value: bigint): string {
  let power = 0;
  let rest = value;
  while (power < 6 && rest % 1024n === 0n) {
    rest /= 1024n;
    power++;
  }
  return `${rest}${binarySuffixes[power]}`;
}

function formatDecimal(nano: bigint, asExponent: boolean): string {
  let power = 0;
  let rest = nano;
  while (rest % 1000n === 0n) {
    rest /= 1000n;
    power++;
  }
  if (!asExponent) return `${rest}${decimalSuffixes[power] ?? ''}`;
  const exponent = (power - 3) * 3;
  return exponent === 0 ? String(rest) : `${rest}e${exponent}`;
}

/** Negative, zero or positive, as numbers compare. Throws QUANTITY_INVALID. */
export function compareQuantities(a: string | number, b: string | number): number {
  const left = parseQuantity(a).nano;
  const right = parseQuantity(b).nano;
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The text that the server stores for `value`; what is no quantity stays as it is, for the server to reject. A whole number whose
 * digits and exponent need no shifting keeps its spelling: "+5", "007" and "1E3" are stored as they are, "1000m" becomes "1".
 */
export function canonicalQuantity(value: unknown): unknown {
  const quantity = tryParseQuantity(value);
  if (quantity === undefined) return value;
  const spelling = /^[+-]?(\d+)\.?([numkMGTPE]?|[eE]([+-]?\d+))$/.exec(String(value).trim());
  const [text, digits = '0', , exponent = '0'] = spelling ?? [];
  const needsShift = BigInt(digits) % 1000n === 0n || Number(exponent) % 3 !== 0;
  return text === undefined || needsShift ? formatQuantity(quantity) : text;
}
