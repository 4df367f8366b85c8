import { deepEqual, isRecord } from '#base/json';
import { ownField } from '../own-field.ts';
import type { FieldError } from './field-error.ts';
import { invalidValue, quoteValue } from './field-error.ts';
import type { Schema } from './schema.ts';

/** Errors of a list itself: its length, and items that it must not hold twice. */
export function listErrors(schema: Schema, list: readonly unknown[], field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (schema.maxItems !== undefined && list.length > schema.maxItems)
    errors.push(tooMany(field, list.length, schema.maxItems));
  if (schema.minItems !== undefined && list.length < schema.minItems) {
    errors.push(invalidValue(field, list.length, `${field} in body should have at least ${schema.minItems} items`));
  }
  if (schema.uniqueItems === true && duplicatesOf(list).length > 0) {
    errors.push({ reason: 'FieldValueDuplicate', field, message: `${field} in body shouldn't contain duplicates` });
  }
  return [...errors, ...duplicateErrors(schema, list, field)];
}

function tooMany(field: string, count: number, max: number): FieldError {
  return { reason: 'FieldValueTooMany', field, message: `Too many: ${count}: must have at most ${max} items` };
}

function duplicateErrors(schema: Schema, list: readonly unknown[], field: string): readonly FieldError[] {
  if (schema.listType !== 'set' && schema.listType !== 'map') return [];
  const identities = list.map((item) => (schema.listType === 'set' ? item : keysOf(schema, item)));
  return duplicatesOf(identities).map((index) => ({
    reason: 'FieldValueDuplicate',
    field: `${field}[${index}]`,
    message: `Duplicate value: ${quoteValue(identities[index])}`,
  }));
}

function keysOf(schema: Schema, item: unknown): Readonly<Record<string, unknown>> {
  const keys: Record<string, unknown> = {};
  for (const name of schema.listMapKeys ?? []) {
    const value = isRecord(item) ? ownField(item, name) : undefined;
    if (value !== undefined) keys[name] = value;
  }
  return keys;
}

/** Indexes of items that occurred before. */
function duplicatesOf(list: readonly unknown[]): readonly number[] {
  return [...list.keys()].filter((index) => list.slice(0, index).some((earlier) => deepEqual(earlier, list[index])));
}

/** Errors of a map itself: its size and the fields that it must hold. */
export function mapErrors(
  schema: Schema,
  map: Readonly<Record<string, unknown>>,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const count = Object.keys(map).length;
  if (schema.maxProperties !== undefined && count > schema.maxProperties)
    errors.push(tooMany(field, count, schema.maxProperties));
  if (schema.minProperties !== undefined && count < schema.minProperties) {
    errors.push(invalidValue(field, count, `${field} in body should have at least ${schema.minProperties} properties`));
  }
  for (const name of schema.required ?? []) {
    if (ownField(map, name) !== undefined) continue;
    errors.push({
      reason: 'FieldValueRequired',
      field: field === '' ? name : `${field}.${name}`,
      message: 'Required value',
    });
  }
  return errors;
}
