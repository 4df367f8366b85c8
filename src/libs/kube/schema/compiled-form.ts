import { isRecord } from '#base/json';
import { ownField, setField } from '../own-field.ts';
import { canonicalQuantity } from '../quantity.ts';
import type { Schema } from './schema.ts';
import { fieldSchema } from './schema.ts';

/**
 * The object as a compiled type keeps it: unknown fields, nulls, empty optional lists and maps and optional zero scalars are gone,
 * non-optional structs are there, quantities are canonical. The input is shared where it already has that form.
 */
export function toCompiledForm<T>(schema: Schema, value: T): T {
  return formOf(schema, value) as T;
}

/** What a compiled type holds before anybody set anything: `{metadata: {}, spec: {selector: null, template: {…}}, status: {}}`. */
export function zeroObject(schema: Schema): Record<string, unknown> {
  const zero: Record<string, unknown> = {};
  for (const [name, empty] of Object.entries(schema.alwaysWrites ?? {})) {
    const field = schema.properties?.[name];
    zero[name] = isRecord(empty) && field !== undefined ? zeroObject(field) : empty;
  }
  return zero;
}

function formOf(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) return listForm(schema, value);
  if (isRecord(value)) {
    if (schema.properties !== undefined) return structForm(schema, value);
    return schema.additionalProperties === undefined ? value : mapForm(schema.additionalProperties, value);
  }
  return scalarForm(schema, value);
}

function scalarForm(schema: Schema, value: unknown): unknown {
  if (schema.quantity === true) return canonicalQuantity(value);
  if (schema.format === 'date-time' && typeof value === 'string') return canonicalTime(value);
  return value;
}

const plainTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

function canonicalTime(value: string): string {
  if (plainTime.test(value) || /\.\d+Z$/.test(value)) return value;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? value : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

function listForm(schema: Schema, list: readonly unknown[]): readonly unknown[] {
  const items = schema.items;
  if (items === undefined) return list;
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const form = list[i] === null && items.properties !== undefined ? zeroObject(items) : formOf(items, list[i]);
    if (form !== list[i]) (copy ??= [...list])[i] = form;
  }
  return copy ?? list;
}

function mapForm(values: Schema, map: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(map)) {
    const value = ownField(map, key);
    const form = value === null ? zeroOf(values) : formOf(values, value);
    if (form !== value) setField((copy ??= { ...map }), key, form);
  }
  return copy ?? map;
}

/** What null becomes as the value of a map: the zero of its type. */
function zeroOf({ type, quantity }: Schema): unknown {
  if (quantity === true) return '0';
  return type === 'string' ? '' : null;
}

function structForm(schema: Schema, struct: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(struct)) {
    const value = struct[key];
    const form = fieldForm(schema, key, value);
    if (form === value) continue;
    copy ??= { ...struct };
    if (form === undefined) delete copy[key];
    else setField(copy, key, form);
  }
  const always = schema.alwaysWrites;
  if (always === undefined) return copy ?? struct;
  for (const key in always) {
    const present = (copy ?? struct)[key];
    if (present !== undefined && present !== null) continue;
    const empty = always[key];
    const field = schema.properties?.[key];
    const zero = isRecord(empty) && field !== undefined ? zeroObject(field) : empty;
    if (zero !== present) (copy ??= { ...struct })[key] = zero;
  }
  return copy ?? struct;
}

/** The field's form, or undefined when a compiled type would not write it. */
function fieldForm(schema: Schema, key: string, value: unknown): unknown {
  const field = schema.properties?.[key];
  if (field === undefined) return fieldSchema(schema, key) === undefined ? undefined : value;
  const always = schema.alwaysWrites !== undefined && key in schema.alwaysWrites;
  if (value === null || value === undefined) return always ? null : undefined;
  const form = formOf(field, value);
  if (always) return Array.isArray(form) && form.length === 0 ? null : form;
  if (Array.isArray(form)) return form.length === 0 ? undefined : form;
  if (typeof form === 'object') return isEmptyOptional(schema, field, key, form) ? undefined : form;
  return isZero(form) && schema.omitsZero?.has(key) === true ? undefined : form;
}

function isEmptyOptional(schema: Schema, field: Schema, key: string, form: object | null): boolean {
  if (field.additionalProperties === undefined && schema.omitsZero?.has(key) !== true) return false;
  for (const _ in form) return false;
  return true;
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false;
}
