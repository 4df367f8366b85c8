import { ownField, setField } from '../own-field.ts';
import type { Schema } from '../schema/index.ts';
import { anySchema, fieldSchema } from '../schema/index.ts';
import { FieldSet } from './field-set.ts';
import { identifyItem } from './list-items.ts';
import type { PathElement } from './path-element.ts';
import { fieldElement } from './path-element.ts';
import { isAtomic, shapeOf } from './value-shape.ts';

/** The value without the members of `set`. A map or list that loses its last entry stays, empty. */
export function removeItems(schema: Schema, value: unknown, set: FieldSet): unknown {
  if (set.isEmpty) return value;
  const shape = shapeOf(schema, value);
  if (isAtomic(schema, shape)) return value;
  return shape === 'map'
    ? removeKeys(schema, value as Record<string, unknown>, set)
    : removeListItems(schema, value as unknown[], set);
}

function removeKeys(schema: Schema, map: Readonly<Record<string, unknown>>, set: FieldSet): unknown {
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(map)) {
    const element = fieldElement(key);
    if (set.members.has(element)) continue;
    setField(kept, key, removeItems(fieldSchema(schema, key) ?? anySchema, ownField(map, key), set.child(element)));
  }
  return kept;
}

function removeListItems(schema: Schema, list: readonly unknown[], set: FieldSet): unknown {
  const kept: unknown[] = [];
  for (const item of list) {
    const identity = identifyItem(schema, item);
    const element = 'element' in identity ? identity.element : '';
    if (!set.members.has(element)) kept.push(removeItems(schema.items ?? anySchema, item, set.child(element)));
  }
  return kept;
}

/**
 * The part of an object that lies in `set`, keys of its list items included: what one manager owns, as an object to apply.
 * Undefined when nothing of it is there.
 */
export function extractOwned(object: unknown, set: FieldSet, schema: Schema): unknown {
  const shape = shapeOf(schema, object);
  if (isAtomic(schema, shape)) return object;
  return shape === 'map'
    ? extractKeys(object as Record<string, unknown>, set, schema)
    : extractListItems(object as unknown[], set, schema);
}

function extractKeys(map: Readonly<Record<string, unknown>>, set: FieldSet, schema: Schema): unknown {
  const owned: Record<string, unknown> = {};
  let count = 0;
  for (const key of Object.keys(map)) {
    const element = fieldElement(key);
    if (!set.touches(element)) continue;
    const value = ownField(map, key);
    const part = isWholeLeaf(set, element, value)
      ? value
      : extractOwned(value, set.child(element), fieldSchema(schema, key) ?? anySchema);
    if (part === undefined) continue;
    setField(owned, key, part);
    count++;
  }
  return count === 0 ? undefined : owned;
}

/** An owned empty map or null has nothing below it. */
function isWholeLeaf(set: FieldSet, element: PathElement, value: unknown): boolean {
  if (!set.members.has(element) || set.children.has(element)) return false;
  return value === null || typeof value !== 'object' || Object.keys(value).length === 0;
}

function extractListItems(list: readonly unknown[], set: FieldSet, schema: Schema): unknown {
  const owned: unknown[] = [];
  for (const item of list) {
    const identity = identifyItem(schema, item);
    if ('problem' in identity || !set.touches(identity.element)) continue;
    const part = extractOwned(item, set.child(identity.element), schema.items ?? anySchema);
    owned.push(withKeys(schema, item, part));
  }
  return owned.length === 0 ? undefined : owned;
}

function withKeys(schema: Schema, item: unknown, part: unknown): unknown {
  if (schema.listType !== 'map' || typeof item !== 'object' || item === null) return part ?? item;
  const keyed: Record<string, unknown> = { ...(part as Record<string, unknown> | undefined) };
  for (const name of schema.listMapKeys ?? []) {
    const value = ownField(item as Record<string, unknown>, name);
    if (value !== undefined) setField(keyed, name, value);
  }
  return keyed;
}

/**
 * The set with every declared field that has members below it: owning `spec.replicas` says nothing of `spec`, but when the
 * last field of a struct goes, the struct must go too. Keys of maps are members already.
 */
export function withNamedFields(set: FieldSet, schema: Schema): FieldSet {
  if (set.children.size === 0) return set;
  const members = new Set(set.members);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, child] of set.children) {
    const isField = element.startsWith('f:');
    const below = isField ? (fieldSchema(schema, element.slice(2)) ?? anySchema) : (schema.items ?? anySchema);
    if (isField && schema.properties?.[element.slice(2)] !== undefined) members.add(element);
    children.set(element, withNamedFields(child, below));
  }
  return FieldSet.of(members, children);
}
