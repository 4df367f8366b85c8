import { isRecord } from '#base/json';
import { ownField } from '../own-field.ts';
import type { Schema } from '../schema/index.ts';
import type { PathElement } from './path-element.ts';
import { keyElement, singleKeyElement, valueElement } from './path-element.ts';

/** True for a list whose items have an identity: it merges item by item. */
export function isAssociative(schema: Schema): boolean {
  return schema.listType === 'map' || schema.listType === 'set';
}

/** What identifies an item of an associative list; a text when the item cannot be identified. */
export type ItemIdentity = { readonly element: PathElement } | { readonly problem: string };

export function identifyItem(schema: Schema, item: unknown): ItemIdentity {
  return schema.listType === 'map' ? identifyByKeys(schema, item) : identifyByValue(item);
}

function identifyByValue(item: unknown): ItemIdentity {
  if (Array.isArray(item)) return { problem: 'associative list without keys has an element that is a list type' };
  if (item === null || item === undefined)
    return { problem: 'associative list without keys has an element that is an explicit null' };
  if (typeof item === 'object') return { problem: "associative list without keys has an element that's a map type" };
  return { element: valueElement(item) };
}

function identifyByKeys(schema: Schema, item: unknown): ItemIdentity {
  if (item === null || item === undefined) return { problem: 'associative list with keys may not have a null element' };
  if (!isRecord(item)) return { problem: 'associative list with keys may not have non-map elements' };
  const names = schema.listMapKeys ?? [];
  const only = names.length === 1 ? names[0] : undefined;
  if (only !== undefined) {
    const value = keyValue(schema, item, only);
    return value === undefined ? withoutKeys(names) : { element: singleKeyElement(only, value) };
  }
  const keys: Record<string, unknown> = {};
  for (const name of names) {
    const value = keyValue(schema, item, name);
    if (value !== undefined) keys[name] = value;
  }
  return Object.keys(keys).length === 0 ? withoutKeys(names) : { element: keyElement(keys) };
}

function keyValue(schema: Schema, item: Readonly<Record<string, unknown>>, name: string): unknown {
  const value = ownField(item, name);
  return value === undefined ? schema.items?.properties?.[name]?.default : value;
}

function withoutKeys(names: readonly string[]): ItemIdentity {
  const listed = names.map((name) => JSON.stringify(name)).join(' ');
  return {
    problem: `associative list with keys has an element that omits all key fields [${listed}] (and doesn't have default values for any key fields)`,
  };
}
