import { deepEqual, getPath, isRecord } from '#base/json';
import { everyItem } from './ignore-rule.ts';
import type { ItemFilter, PathPattern } from './ignore-rule.ts';
import { isFilter } from './parse-path-expression.ts';

/** A path to one existing value. */
export type ConcretePath = readonly (string | number)[];

/** The paths that a pattern names in a value: what is not there is not named. */
export function findPaths(value: unknown, pattern: PathPattern): readonly ConcretePath[] {
  let found: Place[] = [{ path: [], value }];
  for (const part of pattern) {
    if (isFilter(part)) found = found.filter((place) => passes(place.value, part));
    else found = found.flatMap((place) => step(place, part));
    if (found.length === 0) break;
  }
  return found.map((place) => place.path);
}

interface Place {
  readonly path: ConcretePath;
  readonly value: unknown;
}

export function passes(value: unknown, { path, equals, isNegated }: ItemFilter): boolean {
  // In jq a missing field is null.
  return deepEqual(getPath(value, ...path) ?? null, equals) !== isNegated;
}

function step({ path, value }: Place, segment: string | number | typeof everyItem): readonly Place[] {
  if (segment === everyItem) return everyChild({ path, value });
  if (Array.isArray(value)) {
    const index = indexIn(value, segment);
    return index === undefined ? [] : [{ path: [...path, index], value: value[index] as unknown }];
  }
  const key = String(segment);
  return isRecord(value) && Object.hasOwn(value, key) ? [{ path: [...path, key], value: value[key] }] : [];
}

function everyChild({ path, value }: Place): readonly Place[] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => ({ path: [...path, index], value: item }));
  if (!isRecord(value)) return [];
  return Object.keys(value).map((key) => ({ path: [...path, key], value: value[key] }));
}

/** A JSON pointer writes indexes as text; jq counts negative ones from the end. */
export function indexIn(list: readonly unknown[], segment: string | number): number | undefined {
  if (typeof segment === 'string' && !/^\d+$/.test(segment)) return undefined;
  const index = Number(segment) < 0 ? list.length + Number(segment) : Number(segment);
  return index >= 0 && index < list.length ? index : undefined;
}
