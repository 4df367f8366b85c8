import { isRecord } from '#base/json';
import type { Schema } from '../schema/index.ts';
import { isScalarSchema } from '../schema/index.ts';

export type Shape = 'map' | 'list' | 'scalar' | 'null';

/** How a value is walked. The schema decides; where it says nothing, the value does. */
export function shapeOf(schema: Schema, value: unknown): Shape {
  if (value === null || value === undefined) return 'null';
  if (isScalarSchema(schema)) return 'scalar';
  if (Array.isArray(value)) return 'list';
  return isRecord(value) ? 'map' : 'scalar';
}

/** True for a value that is one leaf: scalars, atomic lists and maps. Lists without a list type are atomic. */
export function isAtomic(schema: Schema, shape: Shape): boolean {
  if (shape === 'map') return schema.mapType === 'atomic';
  if (shape === 'list') return schema.listType !== 'map' && schema.listType !== 'set';
  return true;
}

export function isEmptyValue(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== 'object') return false;
  for (const _ in value) return false;
  return true;
}
