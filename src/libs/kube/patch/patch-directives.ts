import { isRecord } from '#base/json';
import { ownField, setField } from '../own-field.ts';

export const deleteFromPrefix = '$deleteFromPrimitiveList/';
export const orderPrefix = '$setElementOrder/';

/** True for the keys of a strategic merge patch that are instructions, not fields. */
export function isDirective(key: string): boolean {
  return key === '$patch' || key === '$retainKeys' || key.startsWith(deleteFromPrefix) || key.startsWith(orderPrefix);
}

/** A new value of a patch as it is stored: without instructions and nulls. */
export function withoutDirectives<T>(value: T): T {
  return stripped(value) as T;
}

function stripped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripped);
  if (!isRecord(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const field = ownField(value, key);
    if (!isDirective(key) && field !== null) setField(kept, key, stripped(field));
  }
  return kept;
}
