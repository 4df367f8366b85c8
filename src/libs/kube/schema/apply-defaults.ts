import { cloneJson, isRecord } from '#base/json';
import { ownField, setField } from '../own-field.ts';
import type { Schema } from './schema.ts';
import { anySchema } from './schema.ts';

/**
 * The object with the defaults that its schema declares. For custom resources these are Kubernetes' structural defaulting rules,
 * nulls included; for built-in kinds the published scalar defaults (`protocol: TCP`). Shares structure with the input.
 */
export function applyDefaults<T>(schema: Schema, object: T): T {
  return defaulted(schema, object, schema.compiled === true) as T;
}

function defaulted(schema: Schema, value: unknown, compiled: boolean): unknown {
  if (Array.isArray(value)) return defaultedList(schema, value, compiled);
  return isRecord(value) ? defaultedMap(schema, value, compiled) : value;
}

function defaultedList(schema: Schema, list: readonly unknown[], compiled: boolean): readonly unknown[] {
  const items = schema.items;
  if (items === undefined) return list;
  let copy: unknown[] | undefined;
  for (const [index, item] of list.entries()) {
    const start =
      item === null && !compiled && items.nullable !== true && items.default !== undefined
        ? cloneJson(items.default)
        : item;
    const value = defaulted(items, start, compiled);
    if (value !== item) (copy ??= [...list])[index] = value;
  }
  return copy ?? list;
}

function defaultedMap(
  schema: Schema,
  map: Readonly<Record<string, unknown>>,
  compiled: boolean,
): Readonly<Record<string, unknown>> {
  let copy: Record<string, unknown> | undefined;
  for (const key in schema.properties) {
    const field = schema.properties[key];
    if (field === undefined) continue;
    const present = ownField(map, key);
    const value = defaultedField(field, present, compiled);
    if (value === present) continue;
    copy ??= { ...map };
    if (value === undefined) delete copy[key];
    else setField(copy, key, value);
  }
  const values = schema.additionalProperties;
  if (values === undefined || values === anySchema) return copy ?? map;
  for (const key of Object.keys(map)) {
    if (schema.properties?.[key] !== undefined) continue;
    const present = ownField(map, key);
    const value =
      present === null && !compiled ? defaultedField(values, present, compiled) : defaulted(values, present, compiled);
    if (value === present) continue;
    copy ??= { ...map };
    if (value === undefined) delete copy[key];
    else setField(copy, key, value);
  }
  return copy ?? map;
}

/** The field with its default; undefined when a null that may not be null is dropped. */
function defaultedField(field: Schema, present: unknown, compiled: boolean): unknown {
  const isVoid = present === undefined || (present === null && !compiled && field.nullable !== true);
  if (!isVoid) return defaulted(field, present, compiled);
  const preset = field.default;
  if (preset === undefined) return undefined;
  // A compiled type publishes its zero values as defaults too; those are no values that somebody sees.
  if (compiled)
    return typeof preset === 'object' || preset === '' || preset === 0 || preset === false ? undefined : preset;
  return defaulted(field, cloneJson(preset), compiled);
}
