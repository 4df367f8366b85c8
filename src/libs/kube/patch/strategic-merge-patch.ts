import { deepEqual, isRecord } from '#base/json';
import { ownField, setField } from '../own-field.ts';
import type { Schema } from '../schema/index.ts';
import { anySchema, fieldSchema } from '../schema/index.ts';
import { deleteFromPrefix, isDirective, orderPrefix, withoutDirectives } from './patch-directives.ts';
import { patchError } from './patch-error.ts';
import { mergeList } from './strategic-lists.ts';

type JsonMap = Readonly<Record<string, unknown>>;

/**
 * Applies a strategic merge patch (`patchStrategy`, `patchMergeKey`, `$patch`, `$retainKeys`, `$deleteFromPrimitiveList`,
 * `$setElementOrder`) by the schema of a built-in kind. Shares structure with both inputs. Throws PATCH_INVALID.
 */
export function applyStrategicMergePatch<T>(document: T, patch: unknown, schema: Schema): T {
  if (!isRecord(document) || !isRecord(patch))
    throw patchError('PATCH_INVALID', 'A strategic merge patch is an object.');
  return mergeMap(document, patch, schema) as T;
}

function mergeItem(original: JsonMap, patch: JsonMap, schema: Schema): JsonMap {
  return mergeMap(original, patch, schema, true);
}

/** Only items of a list may say `$patch: merge`. */
function mergeMap(original: JsonMap, patch: JsonMap, schema: Schema, isItem = false): JsonMap {
  const directive = ownField(patch, '$patch');
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  if (directive !== undefined && (directive !== 'merge' || !isItem)) {
    throw patchError(
      'PATCH_INVALID',
      `unknown patch type: ${JSON.stringify(directive)} in map: ${JSON.stringify(patch)}`,
    );
  }
  const merged = retainedKeys(original, patch);
  for (const key of Object.keys(patch)) {
    if (key.startsWith(deleteFromPrefix))
      deleteFromPrimitiveList(merged, key.slice(deleteFromPrefix.length), ownField(patch, key));
  }
  for (const key of patchedKeys(patch)) mergeField(merged, patch, key, fieldSchema(schema, key) ?? anySchema);
  return merged;
}

/** The fields that a patch speaks of; one that is only put in order counts too. */
function patchedKeys(patch: JsonMap): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const key of Object.keys(patch)) {
    if (key.startsWith(orderPrefix)) keys.add(key.slice(orderPrefix.length));
    else if (!isDirective(key)) keys.add(key);
  }
  return keys;
}

function retainedKeys(original: JsonMap, patch: JsonMap): Record<string, unknown> {
  const retain = ownField(patch, '$retainKeys');
  if (retain === undefined) return { ...original };
  if (!Array.isArray(retain)) throw patchError('PATCH_INVALID', '$retainKeys is not a list of field names.');
  const kept = new Set<unknown>(retain);
  const stray = Object.keys(patch).find((key) => !isDirective(key) && ownField(patch, key) !== null && !kept.has(key));
  if (stray !== undefined) throw patchError('PATCH_INVALID', 'invalid patch format of retainKeys');
  return Object.fromEntries(Object.entries(original).filter(([key]) => kept.has(key)));
}

function deleteFromPrimitiveList(merged: Record<string, unknown>, key: string, doomed: unknown): void {
  const list = ownField(merged, key);
  if (!Array.isArray(list) || !Array.isArray(doomed)) return;
  setField(
    merged,
    key,
    list.filter((item) => !doomed.some((one) => deepEqual(one, item))),
  );
}

function mergeField(merged: Record<string, unknown>, patch: JsonMap, key: string, schema: Schema): void {
  const value = ownField(patch, key);
  const original = ownField(merged, key);
  const order = ownField(patch, orderPrefix + key);
  if (value === null) {
    delete merged[key];
  } else if (Array.isArray(original) && (Array.isArray(value) || (value === undefined && Array.isArray(order)))) {
    const isMerged = schema.patchStrategy?.includes('merge') === true;
    const patchList = (value ?? []) as readonly unknown[];
    setField(
      merged,
      key,
      isMerged
        ? mergeList({ original, patch: patchList, order: order as unknown[] | undefined, schema, mergeItem })
        : patchList,
    );
  } else if (value === undefined) {
    return;
  } else if (isRecord(original) && isRecord(value)) {
    const isReplaced = schema.patchStrategy?.includes('replace') === true;
    setField(merged, key, isReplaced ? value : mergeMap(original, value, schema));
  } else {
    const fresh = withoutDirectives(value);
    if (!(isRecord(value) && value['$patch'] === 'delete')) setField(merged, key, fresh);
  }
}
