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

function collect(schema: Schema, value: unknown, builder: FieldSetBuilder): void {
  const shape = shapeOf(schema, value);
  if (shape === 'map') collectMap(schema, value as Record<string, unknown>, builder);
  else if (shape === 'list') collectList(schema, value as unknown[], builder);
}

/** True for a value that is looked into: a map or list that merges part by part. */
function hasParts(schema: Schema, value: unknown): boolean {
  const shape = shapeOf(schema, value);
  return shape !== 'null' && !isAtomic(schema, shape) && !isEmptyValue(value);
}

function collectMap(schema: Schema, map: Readonly<Record<string, unknown>>, builder: FieldSetBuilder): void {
  for (const key of Object.keys(map)) {
    const value = ownField(map, key);
    const declared = schema.properties?.[key];
    const field = declared ?? fieldSchema(schema, key) ?? anySchema;
    const isBranch = hasParts(field, value);
    if (isBranch) collect(field, value, builder.child(fieldElement(key)));
    // An empty list that merges item by item is nothing that can be owned.
    const isNothing = Array.isArray(value) && value.length === 0 && !isAtomic(field, 'list');
    if (declared === undefined || (!isBranch && !isNothing)) builder.add(fieldElement(key));
  }
}

function collectList(schema: Schema, list: readonly unknown[], builder: FieldSetBuilder): void {
  const items = schema.items ?? anySchema;
  const duplicates = duplicateElements(schema, list);
  for (const item of list) {
    const identity = identifyItem(schema, item);
    if ('problem' in identity) continue;
    builder.add(identity.element);
    if (!duplicates.has(identity.element) && hasParts(items, item))
      collect(items, item, builder.child(identity.element));
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
