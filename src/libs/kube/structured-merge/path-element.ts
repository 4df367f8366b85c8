import { WindlassError } from '#base/errors';

/**
 * One step of a path into an object, in the spelling of `fieldsV1`: `f:<field>`, `k:<JSON of a list item's keys>`,
 * `v:<JSON of a set's item>`, `i:<index>`. Equal steps have equal spelling, because keys are sorted and JSON is compact.
 */
export type PathElement = string;

export type Path = readonly PathElement[];

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

export function valueElement(value: unknown): PathElement {
  return `v:${JSON.stringify(value)}`;
}

/** `keys` in any order. */
export function keyElement(keys: Readonly<Record<string, unknown>>): PathElement {
  const names = Object.keys(keys);
  if (names.length === 1) return singleKeyElement(names[0] ?? '', keys[names[0] ?? '']);
  return `k:{${names
    .sort()
    .map((name) => `${JSON.stringify(name)}:${JSON.stringify(keys[name])}`)
    .join(',')}}`;
}

/** The common case without an intermediate object. */
export function singleKeyElement(name: string, value: unknown): PathElement {
  return `k:{"${name}":${JSON.stringify(value)}}`;
}

/** An item with one key that is a text without escapes: by far the most common. */
const oneTextKey = /^k:\{"[^"\\]*":"[^"\\]*"\}$/;

/** Reads one key of `fieldsV1` and brings it into canonical spelling. Throws FIELDS_INVALID. */
export function parsePathElement(text: string): PathElement {
  const kind = text.slice(0, 2);
  try {
    if (kind === 'f:' || oneTextKey.test(text)) return text;
    if (kind === 'k:') return keyElement(JSON.parse(text.slice(2)) as Record<string, unknown>);
    if (kind === 'v:') return valueElement(JSON.parse(text.slice(2)));
    if (kind === 'i:' && /^i:\d+$/.test(text)) return text;
  } catch {
    // Falls through: what cannot be parsed is reported below.
  }
  throw new WindlassError({
    code: 'FIELDS_INVALID',
    kind: 'InvalidInput',
    message: `Field set holds ${JSON.stringify(text)}, which is no path element.`,
  });
}

/** The order in which the API server writes elements: fields, then keyed items, values, indexes. */
export function comparePathElements(a: PathElement, b: PathElement): number {
  const left = order(a);
  const right = order(b);
  if (left !== right) return left - right;
  if (left === 3) return Number(a.slice(2)) - Number(b.slice(2));
  if (left === 0 || (left === 1 && oneTextKey.test(a) && oneTextKey.test(b))) return a < b ? -1 : a > b ? 1 : 0;
  return compareParsed(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
}

function order(element: PathElement): number {
  return 'fkvi'.indexOf(element[0] ?? '');
}

/** JSON values as the server orders them: by type (numbers before strings), then by value; objects key by key. */
function compareParsed(a: unknown, b: unknown): number {
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
    const left = Object.entries(a);
    const right = Object.entries(b);
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
      const [leftName = '', leftValue] = left[i] ?? [];
      const [rightName = '', rightValue] = right[i] ?? [];
      if (leftName !== rightName) return leftName < rightName ? -1 : 1;
      const byValue = compareParsed(leftValue, rightValue);
      if (byValue !== 0) return byValue;
    }
    return left.length - right.length;
  }
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const rank = (value: unknown) => ['number', 'string', 'boolean'].indexOf(typeof value);
  if (typeof a !== typeof b) return rank(a) - rank(b);
  const left = a as string;
  const right = b as string;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Kubernetes' form in messages: `.spec.containers[name="x"].ports[containerPort=80,protocol="TCP"]`, `.finalizers["a"]`, `[0]`. */
export function pathToString(path: Path): string {
  return path.map(elementToString).join('');
}

export function elementToString(element: PathElement): string {
  const body = element.slice(2);
  if (element.startsWith('f:')) return `.${body}`;
  if (element.startsWith('i:')) return `[${body}]`;
  if (element.startsWith('v:')) return `[=${body}]`;
  const keys = Object.entries(JSON.parse(body) as Record<string, unknown>);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}
