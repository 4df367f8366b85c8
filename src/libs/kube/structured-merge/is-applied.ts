import { deepEqual, isRecord } from '#base/json';
import type { KubeObject } from '../objects.ts';
import { ownField } from '../own-field.ts';
import { canonicalQuantity } from '../quantity.ts';
import type { Schema } from '../schema/index.ts';
import { fieldSchema } from '../schema/index.ts';
import { identifyItem } from './list-items.ts';
import type { Path } from './path-element.ts';
import { isAtomic, isEmptyValue, shapeOf } from './value-shape.ts';

export interface AppliedQuestion {
  readonly live: KubeObject;
  readonly desired: KubeObject;
  readonly manager: string;
  readonly schema: Schema;
  readonly resetFields?: readonly Path[] | undefined;
}

type JsonMap = Readonly<Record<string, unknown>>;

/**
 * True when applying `desired` again would certainly change nothing: the live object holds every value of it, and `manager` owns
 * exactly its fields. One walk without building anything; false may also mean "look closer".
 */
export function isApplied({ live, desired, manager, schema, resetFields }: AppliedQuestion): boolean {
  if (live.apiVersion !== desired.apiVersion) return false;
  for (const entry of live.metadata.managedFields ?? []) {
    if (entry.manager !== manager || entry.operation !== 'Apply' || entry.subresource !== undefined) continue;
    if (entry.apiVersion !== desired.apiVersion || entry.fieldsV1 === undefined) return false;
    return rootMatches(schema, desired, live, { fields: entry.fieldsV1, resetFields });
  }
  return false;
}

const unownedMetadata: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'generation',
  'managedFields',
  'resourceVersion',
]);

function rootMatches(
  schema: Schema,
  desired: KubeObject,
  live: KubeObject,
  { fields, resetFields }: { readonly fields: JsonMap; readonly resetFields: readonly Path[] | undefined },
): boolean {
  let owned = 0;
  for (const key in desired) {
    if (key === 'apiVersion' || key === 'kind' || isReset(schema, key, resetFields)) continue;
    const field = fieldSchema(schema, key);
    if (field === undefined) return false;
    if (key === 'metadata') {
      const below = fields['f:metadata'];
      const count = metadataMatches(field, desired.metadata, live.metadata, isRecord(below) ? below : {});
      if (count < 0) return false;
      if (below !== undefined) owned++;
      continue;
    }
    const count = fieldMatches(
      field,
      [desired[key], live[key]],
      ownField(fields, `f:${key}`),
      schema.omitsZero?.has(key) === true,
    );
    if (count < 0) return false;
    owned += count;
  }
  return owned === countKeys(fields);
}

function isReset(schema: Schema, key: string, resetFields: readonly Path[] | undefined): boolean {
  if (resetFields === undefined) return key === 'status' && schema.compiled === true;
  return resetFields.some((path) => path.length === 1 && path[0] === `f:${key}`);
}

/** How many owned fields matched, or -1. */
function metadataMatches(schema: Schema, desired: JsonMap, live: JsonMap, fields: JsonMap): number {
  let owned = 0;
  for (const key in desired) {
    if (unownedMetadata.has(key)) {
      if ((key === 'name' || key === 'namespace') && desired[key] !== live[key]) return -1;
      continue;
    }
    const field = fieldSchema(schema, key);
    if (field === undefined) return -1;
    const count = fieldMatches(field, [desired[key], live[key]], fields[`f:${key}`], false);
    if (count < 0) return -1;
    owned += count;
  }
  return owned === countKeys(fields) ? owned : -1;
}

function countKeys(fields: JsonMap): number {
  let count = 0;
  for (const key in fields) if (key !== '.') count++;
  return count;
}

/** 1 when the value matches and is owned, 0 when it is nothing that can be owned, -1 when it does not match. */
function fieldMatches(
  schema: Schema,
  [desired, live]: readonly [unknown, unknown],
  fields: unknown,
  omitsZero: boolean,
): number {
  if (desired === undefined) return 0;
  if (desired === null) return -1;
  if (typeof desired !== 'object') {
    if (!isRecord(fields)) return -1;
    if (desired === live) return 1;
    if (live === undefined) return omitsZero && (desired === '' || desired === 0 || desired === false) ? 1 : -1;
    return schema.quantity === true && canonicalQuantity(desired) === live ? 1 : -1;
  }
  const shape = shapeOf(schema, desired);
  if (isAtomic(schema, shape)) return isRecord(fields) && deepEqual(desired, live) ? 1 : -1;
  if (isEmptyValue(desired)) return emptyMatches(shape === 'map', live, fields);
  if (!isRecord(fields) || typeof live !== 'object' || live === null) return -1;
  return shape === 'map'
    ? mapMatches(schema, desired as JsonMap, live as JsonMap, fields)
    : listMatches(schema, desired as unknown[], live, fields);
}

function emptyMatches(isMap: boolean, live: unknown, fields: unknown): number {
  if (!isEmptyValue(live)) return -1;
  if (!isMap) return fields === undefined ? 0 : -1;
  return isRecord(fields) && live !== undefined ? 1 : -1;
}

function mapMatches(schema: Schema, desired: JsonMap, live: JsonMap, fields: JsonMap): number {
  const { properties, omitsZero } = schema;
  let owned = 0;
  for (const key in desired) {
    const field = properties?.[key] ?? fieldSchema(schema, key);
    if (field === undefined) return -1;
    const count = fieldMatches(
      field,
      [desired[key], ownField(live, key)],
      ownField(fields, `f:${key}`),
      omitsZero?.has(key) === true,
    );
    if (count < 0) return -1;
    owned += count;
  }
  return owned === countKeys(fields) ? 1 : -1;
}

function listMatches(schema: Schema, desired: readonly unknown[], live: object, fields: JsonMap): number {
  const items = schema.items;
  if (!Array.isArray(live) || items === undefined) return -1;
  let position = 0;
  for (const item of desired) {
    const identity = identifyItem(schema, item);
    if ('problem' in identity) return -1;
    const below = fields[identity.element];
    if (!isRecord(below)) return -1;
    while (position < live.length && !isSameItem(schema, live[position], item, identity.element)) position++;
    if (position === live.length) return -1;
    const liveItem: unknown = live[position++];
    if (isRecord(item) && (!isRecord(liveItem) || mapMatches(items, item, liveItem, below) < 0)) return -1;
  }
  return countKeys(fields) === desired.length ? 1 : -1;
}

function isSameItem(schema: Schema, candidate: unknown, item: unknown, element: string): boolean {
  if (candidate === item) return true;
  const key = schema.listMapKeys?.length === 1 ? schema.listMapKeys[0] : undefined;
  if (key !== undefined && isRecord(candidate) && isRecord(item))
    return candidate[key] !== undefined && candidate[key] === item[key];
  const identity = identifyItem(schema, candidate);
  return 'element' in identity && identity.element === element;
}
