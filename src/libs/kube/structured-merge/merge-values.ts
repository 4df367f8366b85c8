import { ownField, setField } from '../own-field.ts';
import type { Schema } from '../schema/index.ts';
import { anySchema, fieldSchema } from '../schema/index.ts';
import { identifyItem } from './list-items.ts';
import type { PathElement } from './path-element.ts';
import { isAtomic, isEmptyValue, shapeOf } from './value-shape.ts';

/**
 * The live value with the applied one laid over it: maps key by key, associative lists item by item, everything else replaced.
 * Undefined stands for absent. Shares structure with both inputs.
 */
export function mergeValues(schema: Schema, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live;
  if (live === undefined) return applied;
  const liveShape = shapeOf(schema, live);
  const appliedShape = shapeOf(schema, applied);
  const shape = appliedShape === 'null' ? liveShape : appliedShape;
  if (shape === 'scalar' || shape === 'null' || isAtomic(schema, shape)) return applied;
  if (isEmptyValue(live) && isEmptyValue(applied)) return applied;
  if (liveShape !== 'null' && liveShape !== shape) return applied;
  if (live === null) return applied;
  if (shape === 'map') return mergeMaps(schema, live as JsonMap, asMap(applied));
  return mergeLists(schema, live as readonly unknown[], asList(applied));
}

type JsonMap = Readonly<Record<string, unknown>>;

function asMap(value: unknown): JsonMap {
  return (value ?? {}) as JsonMap;
}

function asList(value: unknown): readonly unknown[] {
  return (value ?? []) as readonly unknown[];
}

/** Values that stay keep their identity, so that later walks can skip what nobody touched. */
function mergeMaps(
  schema: Schema,
  live: Readonly<Record<string, unknown>>,
  applied: Readonly<Record<string, unknown>>,
): unknown {
  let merged: Record<string, unknown> | undefined;
  for (const key of Object.keys(applied)) {
    const value = ownField(applied, key);
    if (value === undefined) continue;
    const before = ownField(live, key);
    const after = mergeValues(fieldSchema(schema, key) ?? anySchema, before, value);
    if (after !== before) setField((merged ??= { ...live }), key, after);
  }
  return merged ?? live;
}

interface ListItem {
  readonly element: PathElement;
  readonly value: unknown;
}

function itemsOf(schema: Schema, list: readonly unknown[]): readonly ListItem[] {
  return list.map((value, index) => {
    const identity = identifyItem(schema, value);
    return { element: 'element' in identity ? identity.element : `i:${index}`, value };
  });
}

/** By element; an element that occurs twice has no single value to merge with. */
function indexItems(items: readonly ListItem[]): ReadonlyMap<PathElement, ListItem | undefined> {
  const index = new Map<PathElement, ListItem | undefined>();
  for (const item of items) index.set(item.element, index.has(item.element) ? undefined : item);
  return index;
}

/**
 * Applied items keep their order among each other; live items that were not applied stay where they were relative to the shared
 * ones. This walk is what the server does, step by step, because the order is part of the object.
 */
function mergeLists(schema: Schema, live: readonly unknown[], applied: readonly unknown[]): readonly unknown[] {
  const liveItems = itemsOf(schema, live);
  const appliedItems = itemsOf(schema, applied);
  const liveIndex = indexItems(liveItems);
  const appliedIndex = indexItems(appliedItems);
  const shared = appliedItems.filter((item) => liveIndex.has(item.element)).map((item) => item.element);
  const placed = new Set<PathElement>();
  const merged: unknown[] = [];
  let nextShared = shared.shift();
  const place = (item: ListItem) => {
    placed.add(item.element);
    merged.push(mergeValues(schema.items ?? anySchema, liveIndex.get(item.element)?.value, item.value));
    if (nextShared === item.element) nextShared = shared.shift();
  };
  for (let l = 0, a = 0; l < liveItems.length || a < appliedItems.length;) {
    const liveItem = liveItems[l];
    const appliedItem = appliedItems[a];
    if (liveItem !== undefined) {
      if (appliedItem?.element === liveItem.element) {
        place(appliedItem);
        l++;
        a++;
        continue;
      }
      const isApplied = appliedIndex.has(liveItem.element);
      if (isApplied && appliedItem !== undefined && nextShared !== undefined && nextShared !== liveItem.element) {
        l++;
        continue;
      }
      if (!isApplied) {
        merged.push(liveItem.value);
        l++;
        continue;
      }
      if (placed.has(liveItem.element)) l++;
    }
    if (appliedItem !== undefined) {
      place(appliedItem);
      a++;
    }
  }
  return merged.length === live.length && merged.every((value, index) => value === live[index]) ? live : merged;
}
