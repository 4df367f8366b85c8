import { deepEqual, isRecord } from '#base/json';
import { ownField, setField } from '../own-field.ts';

/** RFC 7386: objects merge, null removes, everything else replaces. The result shares structure with both. */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = isRecord(document) ? { ...document } : {};
  for (const key of Object.keys(patch)) {
    const value = ownField(patch, key);
    if (value === null) delete merged[key];
    else setField(merged, key, applyMergePatch(ownField(merged, key), value));
  }
  return merged;
}

/** The smallest merge patch that turns `from` into `to`; `{}` when they are equal. */
export function createMergePatch(from: unknown, to: unknown): unknown {
  if (!isRecord(from) || !isRecord(to)) return to;
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(from)) {
    if (ownField(to, key) === undefined) setField(patch, key, null);
  }
  for (const key of Object.keys(to)) {
    const before = ownField(from, key);
    const after = ownField(to, key);
    if (after === undefined || deepEqual(before, after)) continue;
    setField(patch, key, isRecord(before) && isRecord(after) ? createMergePatch(before, after) : after);
  }
  return patch;
}
