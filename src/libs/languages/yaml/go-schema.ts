import { FAILSAFE_SCHEMA, Type } from 'js-yaml';
import type { Schema } from 'js-yaml';

const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const trues = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const falses = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const floatPattern = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
const integerPattern = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9]\d*)$/;
const minInteger = -(2n ** 63n);
const maxInteger = 2n ** 64n - 1n;

/** An integer of 64 bits, a BigInt where a number would lose digits; undefined for anything else. */
function parseInteger(text: string): number | bigint | undefined {
  const match = integerPattern.exec(text.replaceAll('_', ''));
  if (!match) return undefined;
  const [, sign, digits = ''] = match;
  const isOldOctal = /^0\d/.test(digits);
  const magnitude = BigInt(isOldOctal ? `0o${digits.slice(1)}` : digits);
  const value = sign === '-' ? -magnitude : magnitude;
  if (value < minInteger || value > maxInteger) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function parseFloat64(text: string): number | undefined {
  const plain = text.replaceAll('_', '');
  if (!floatPattern.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/** Plain scalars are tried against every type: look at the first character before anything else. */
function startsLikeNumber(text: string): boolean {
  const code = text.charCodeAt(0);
  return (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e;
}

const nullType = new Type('tag:yaml.org,2002:null', {
  kind: 'scalar',
  resolve: (text: string | null) => text === null || (text.length <= 4 && nulls.has(text)),
  construct: () => null,
});

const boolType = new Type('tag:yaml.org,2002:bool', {
  kind: 'scalar',
  resolve: (text: string | null) => text !== null && text.length <= 5 && (trues.has(text) || falses.has(text)),
  construct: (text: string) => trues.has(text),
});

const intType = new Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: (text: string | null) => text !== null && startsLikeNumber(text) && parseInteger(text) !== undefined,
  construct: parseInteger,
});

const floatType = new Type('tag:yaml.org,2002:float', {
  kind: 'scalar',
  resolve: (text: string | null) => text !== null && startsLikeNumber(text) && parseFloat64(text) !== undefined,
  construct: parseFloat64,
});

const mergeType = new Type('tag:yaml.org,2002:merge', {
  kind: 'scalar',
  resolve: (text: string | null) => text === '<<',
});

const binaryType = new Type('tag:yaml.org,2002:binary', {
  kind: 'scalar',
  resolve: (text: string | null) => text !== null,
  construct: (text: string) => Buffer.from(text, 'base64').toString('utf8'),
});

/** A tag that nobody knows says nothing: the node keeps its plain meaning. No tag ever runs code. */
const ignoredTags = (['scalar', 'sequence', 'mapping'] as const).flatMap((kind) =>
  ['!', 'tag:'].map(
    (prefix) =>
      new Type(prefix, { kind, multi: true, resolve: () => true, construct: (value: unknown) => value ?? null }),
  ),
);

/**
 * YAML as Kubernetes reads it: the booleans of YAML 1.1, octal numbers with and without "o", 64-bit integers kept exactly,
 * dates as text (`compatibility.md` a.5, `safety.md` B07).
 */
export const goSchema: Schema = FAILSAFE_SCHEMA.extend({
  implicit: [nullType, boolType, intType, floatType, mergeType],
  explicit: [binaryType, ...ignoredTags],
});
