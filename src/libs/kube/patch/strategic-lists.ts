import { deepEqual, isRecord } from '#base/json';
import type { Schema } from '../schema/index.ts';
import { anySchema } from '../schema/index.ts';
import { withoutDirectives } from './patch-directives.ts';
import { patchError } from './patch-error.ts';

type JsonMap = Readonly<Record<string, unknown>>;

export interface ListMerge {
  readonly original: readonly unknown[];
  readonly patch: readonly unknown[];
  /** `$setElementOrder`: primitives, or objects that hold the merge key. */
  readonly order: readonly unknown[] | undefined;
  readonly schema: Schema;
  readonly mergeItem: (original: JsonMap, patch: JsonMap, schema: Schema) => JsonMap;
}

/** Merges a list with `patchStrategy: merge`, by its merge key or, without one, as a set. */
export function mergeList(merge: ListMerge): readonly unknown[] {
  const key = merge.schema.patchMergeKey;
  if (key === undefined) return mergePrimitives(merge);
  const kept = merge.patch.filter((item) => !(isRecord(item) && item['$patch'] === 'replace'));
  if (kept.length < merge.patch.length) return withoutDirectives(kept);
  return mergeKeyed(merge, key);
}

function mergePrimitives({ original, patch, order }: ListMerge): readonly unknown[] {
  const merged = [...original];
  for (const item of patch) if (!includes(merged, item)) merged.push(item);
  return inOrder(merged, { order: order ?? patch, original, same: deepEqual });
}

function mergeKeyed({ original, patch, order, schema, mergeItem }: ListMerge, key: string): readonly unknown[] {
  const keyOf = (item: unknown) => requireKey(item, key);
  const same = (a: unknown, b: unknown) => deepEqual(keyOf(a), keyOf(b));
  const deleted = patch.filter((item) => isRecord(item) && item['$patch'] === 'delete');
  const merged = original.filter((item) => !deleted.some((one) => same(one, item)));
  for (const item of patch) {
    if (deleted.includes(item)) continue;
    const value = isRecord(item) ? item : {};
    const index = merged.findIndex((one) => same(one, item));
    if (index < 0) merged.push(withoutDirectives(item));
    else merged[index] = mergeItem(merged[index] as JsonMap, value, schema.items ?? anySchema);
  }
  // Without an order of its own, a patch is in the order that it wants.
  return inOrder(merged, { order: order ?? patch.filter((item) => !deleted.includes(item)), original, same });
}

function requireKey(item: unknown, key: string): unknown {
  const value = isRecord(item) ? item[key] : undefined;
  if (value === undefined)
    throw patchError('PATCH_INVALID', `map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
  return value;
}

function includes(list: readonly unknown[], item: unknown): boolean {
  return list.some((one) => deepEqual(one, item));
}

interface Ordering {
  readonly order: readonly unknown[];
  readonly original: readonly unknown[];
  readonly same: (a: unknown, b: unknown) => boolean;
}

/** Items that the patch knows stand in its order; the others keep their place before those that they stood before. */
function inOrder(merged: readonly unknown[], { order, original, same }: Ordering): readonly unknown[] {
  const position = (list: readonly unknown[], item: unknown) => list.findIndex((one) => same(one, item));
  const known = merged
    .filter((item) => position(order, item) >= 0)
    .sort((a, b) => position(order, a) - position(order, b));
  const others = merged.filter((item) => position(order, item) < 0);
  const result: unknown[] = [];
  let next = 0;
  for (const item of known) {
    const at = position(original, item);
    for (; next < others.length; next++) {
      const otherAt = position(original, others[next]);
      if (otherAt < 0 || otherAt >= at) break;
      result.push(others[next]);
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}
