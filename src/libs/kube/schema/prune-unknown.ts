import { isRecord } from '#base/json';
import { ownField, setField } from '../own-field.ts';
import type { Schema } from './schema.ts';
import { toCompiledForm } from './compiled-form.ts';
import { objectMetaSchema } from './object-meta-schema.ts';

export interface Pruned<T> {
  readonly object: T;
  /** What was dropped: `spec.foo`, `spec.list[0].bar`. */
  readonly pruned: readonly string[];
}

/** The object without the fields that its schema does not declare. Shares structure with the input. */
export function pruneUnknown<T>(schema: Schema, object: T): Pruned<T> {
  const pruned: string[] = [];
  return { object: prunedValue(schema, object, { path: '', compiled: schema.compiled === true, pruned }) as T, pruned };
}

/**
 * Strict field validation: `unknown field "spec.foo"`, in the server's order: as they stand in a compiled type, for a custom
 * resource those of metadata first, then by path.
 */
export function unknownFields(schema: Schema, object: unknown): readonly string[] {
  const paths = [...pruneUnknown(schema, object).pruned];
  const rank = (path: string) => `${path.startsWith('metadata.') ? 0 : 1}${path}`;
  if (schema.compiled !== true) paths.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return paths.map((path) => `unknown field ${JSON.stringify(path)}`);
}

interface Walk {
  readonly path: string;
  readonly compiled: boolean;
  readonly pruned: string[];
}

const embeddedFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

function prunedValue(schema: Schema, value: unknown, walk: Walk): unknown {
  if (Array.isArray(value)) {
    if (schema.items === undefined && isFreeForm(schema, walk.compiled)) return value;
    const items = schema.items ?? {};
    let copy: unknown[] | undefined;
    for (const [index, item] of value.entries()) {
      const kept = prunedValue(items, item, { ...walk, path: `${walk.path}[${index}]` });
      if (kept !== item) (copy ??= [...(value as unknown[])])[index] = kept;
    }
    return copy ?? value;
  }
  return isRecord(value) && !isFreeForm(schema, walk.compiled) ? prunedMap(schema, value, walk) : value;
}

/** In a compiled type an object without fields is raw JSON; in a CRD it holds nothing unless it says so. */
function isFreeForm(schema: Schema, compiled: boolean): boolean {
  if (schema.properties !== undefined || schema.additionalProperties !== undefined) return false;
  return compiled || schema.preserveUnknownFields === true;
}

function prunedMap(schema: Schema, map: Readonly<Record<string, unknown>>, walk: Walk): unknown {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(map)) {
    const value = ownField(map, key);
    const path = walk.path === '' ? key : `${walk.path}.${key}`;
    const isMetadata = schema.embeddedResource === true && key === 'metadata';
    const field = isMetadata ? objectMetaSchema : (schema.properties?.[key] ?? schema.additionalProperties);
    if (field !== undefined) {
      const known = prunedValue(field, value, { ...walk, path });
      const kept = isMetadata ? toCompiledForm(field, known) : known;
      if (kept !== value) setField((copy ??= { ...map }), key, kept);
    } else if (
      schema.preserveUnknownFields !== true &&
      !(schema.embeddedResource === true && embeddedFields.has(key))
    ) {
      walk.pruned.push(path);
      copy ??= { ...map };
      delete copy[key];
    }
  }
  return copy ?? map;
}
