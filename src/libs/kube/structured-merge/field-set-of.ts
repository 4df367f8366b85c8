import { ownField } from '../own-field.ts';
import type { Schema } from '../schema/index.ts';
import { anySchema, fieldSchema } from '../schema/index.ts';
import type { FieldSet } from './field-set.ts';
import { FieldSetBuilder } from './field-set.ts';
import { identifyItem } from './list-items.ts';
import type { PathElement } from './path-element.ts';
import { fieldElement } from './path-element.ts';
import { isAtomic, isEmptyValue, shapeOf } from './value-shape.ts';

/** Every field that an object holds, as server-side apply counts them: leaves, keys of maps, items of associative lists. */
export function fieldSetOf(schema: Schema, object: unknown): FieldSet {
  const builder = new FieldSetBuilder();
  collect(schema, object, builder);
  return builder.build();
}

/** Adds what lies below a value; true when the value itself is a leaf. */
function collect(schema: Schema, value: unknown, builder: FieldSetBuilder): boolean {
  const shape = shapeOf(schema, value);
  if (shape === 'null') return false;
  if (isAtomic(schema, shape)) return true;
  if (shape === 'map') collectMap(schema, value as Record<string, unknown>, builder);
  else collectList(schema, value as unknown[], builder);
  return false;
}

function collectMap(schema: Schema, map: Readonly<Record<string, unknown>>, builder: FieldSetBuilder): void {
  for (const key of Object.keys(map)) {
    const value = ownField(map, key);
    const isLeaf = collect(fieldSchema(schema, key) ?? anySchema, value, builder.child(fieldElement(key)));
    const isStructField = schema.properties?.[key] !== undefined;
    const isEmpty = value === null || (!Array.isArray(value) && typeof value === 'object' && isEmptyValue(value));
    if (isLeaf || isEmpty || !isStructField) builder.add(fieldElement(key));
  }
}

function collectList(schema: Schema, list: readonly unknown[], builder: FieldSetBuilder): void {
  const duplicates = duplicateElements(schema, list);
  for (const item of list) {
    const identity = identifyItem(schema, item);
    if ('problem' in identity) continue;
    builder.add(identity.element);
    if (!duplicates.has(identity.element)) collect(schema.items ?? anySchema, item, builder.child(identity.element));
  }
}

function duplicateElements(schema: Schema, list: readonly unknown[]): ReadonlySet<PathElement> {
  const seen = new Set<PathElement>();
  const duplicates = new Set<PathElement>();
  for (const item of list) {
    const identity = identifyItem(schema, item);
    if ('problem' in identity) continue;
    if (seen.has(identity.element)) duplicates.add(identity.element);
    seen.add(identity.element);
  }
  return duplicates;
}
