import { deepEqual } from '#base/json';
import { ownField } from '../own-field.ts';
import type { Schema } from '../schema/index.ts';
import { anySchema, fieldSchema } from '../schema/index.ts';
import type { FieldSet } from './field-set.ts';
import { FieldSetBuilder } from './field-set.ts';
import { identifyItem } from './list-items.ts';
import type { PathElement } from './path-element.ts';
import { fieldElement } from './path-element.ts';
import type { Shape } from './value-shape.ts';
import { isAtomic, isEmptyValue, shapeOf } from './value-shape.ts';

export interface ValueComparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** Which fields came, changed and went between two states of an object, as server-side apply tells them apart. */
export function compareValues(schema: Schema, before: unknown, after: unknown): ValueComparison {
  const walk: Walk = {
    path: [],
    added: new FieldSetBuilder(),
    modified: new FieldSetBuilder(),
    removed: new FieldSetBuilder(),
  };
  if (before !== after) compareMaps(schema, before, after, walk);
  return { added: walk.added.build(), modified: walk.modified.build(), removed: walk.removed.build() };
}

interface Walk {
  /** Where the walk stands; grows and shrinks with it. */
  readonly path: PathElement[];
  readonly added: FieldSetBuilder;
  readonly modified: FieldSetBuilder;
  readonly removed: FieldSetBuilder;
}

/** `before` and `after` are what stands at `element`; at least one is not undefined. */
function compareAt(
  schema: Schema,
  element: PathElement,
  [before, after]: readonly [unknown, unknown],
  walk: Walk,
): void {
  if (before === after) return;
  walk.path.push(element);
  if (before === undefined) walk.added.insert(walk.path);
  else if (after === undefined) walk.removed.insert(walk.path);
  const shapes = shapesOf(schema, before, after);
  const isBoth = before !== undefined && after !== undefined;
  if (isLeafPair(schema, shapes, before, after)) {
    if (isBoth && !deepEqual(before, after)) walk.modified.insert(walk.path);
  } else {
    for (const shape of shapes) {
      if (shape === 'map') compareMaps(schema, before, after, walk);
      else if (shape === 'list') compareLists(schema, before, after, walk);
      else if (isBoth) walk.modified.insert(walk.path);
    }
  }
  walk.path.pop();
}

/** The shapes to walk: one, or both when the value changed its kind. Null takes the shape of the other side. */
function shapesOf(schema: Schema, before: unknown, after: unknown): readonly Shape[] {
  const left = shapeOf(schema, before);
  const right = shapeOf(schema, after);
  if (left === right || right === 'null') return [left];
  return left === 'null' ? [right] : [left, right];
}

function isLeafPair(schema: Schema, shapes: readonly Shape[], before: unknown, after: unknown): boolean {
  if (shapes.length > 1) return false;
  const shape = shapes[0] ?? 'null';
  return isAtomic(schema, shape) || (isEmptyValue(before) && isEmptyValue(after));
}

function compareMaps(schema: Schema, before: unknown, after: unknown, walk: Walk): void {
  const left = mapOf(before);
  const right = mapOf(after);
  for (const key of Object.keys(left)) {
    compareAt(
      fieldSchema(schema, key) ?? anySchema,
      fieldElement(key),
      [ownField(left, key), ownField(right, key)],
      walk,
    );
  }
  for (const key of Object.keys(right)) {
    if (ownField(left, key) !== undefined) continue;
    compareAt(fieldSchema(schema, key) ?? anySchema, fieldElement(key), [undefined, ownField(right, key)], walk);
  }
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function compareLists(schema: Schema, before: unknown, after: unknown, walk: Walk): void {
  const left = groupItems(schema, before);
  const right = groupItems(schema, after);
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    compareItems({ schema, element, left: left.get(element) ?? [], right: right.get(element) ?? [] }, walk);
  }
}

function groupItems(schema: Schema, list: unknown): ReadonlyMap<PathElement, readonly unknown[]> {
  const groups = new Map<PathElement, unknown[]>();
  for (const item of Array.isArray(list) ? list : []) {
    const identity = identifyItem(schema, item);
    if ('problem' in identity) continue;
    const group = groups.get(identity.element);
    if (group === undefined) groups.set(identity.element, [item]);
    else group.push(item);
  }
  return groups;
}

interface ItemPair {
  readonly schema: Schema;
  readonly element: PathElement;
  readonly left: readonly unknown[];
  readonly right: readonly unknown[];
}

/** Built-in lists may hold two items with the same key; such a pair has an owner as a whole, not field by field. */
function compareItems({ schema, element, left, right }: ItemPair, walk: Walk): void {
  const items = schema.items ?? anySchema;
  if (left.length <= 1 && right.length <= 1) return compareAt(items, element, [left[0], right[0]], walk);
  const path = [...walk.path, element];
  if (left.length > 1 && right.length > 1) {
    if (!deepEqual(left, right)) walk.modified.insert(path);
  } else if (right.length === 0) {
    walk.removed.insert(path);
  } else if (left.length === 0) {
    walk.added.insert(path);
  } else {
    compareAt(items, element, left.length > 1 ? [undefined, right[0]] : [left[0], undefined], walk);
    walk.modified.insert(path);
  }
}
