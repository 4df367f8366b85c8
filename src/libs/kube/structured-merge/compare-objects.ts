import { deepEqual } from '#base/json';
import type { KubeObject } from '../objects.ts';
import { ownField } from '../own-field.ts';
import type { Schema } from '../schema/index.ts';
import { anySchema, fieldSchema } from '../schema/index.ts';
import { identifyItem, isAssociative } from './list-items.ts';
import type { Path, PathElement } from './path-element.ts';
import { fieldElement, pathToString } from './path-element.ts';
import { shapeOf } from './value-shape.ts';

/** One field in which two objects differ; `undefined` on a side means absent. */
export interface Difference {
  /** Kubernetes' form: `.spec.template.spec.containers[name="x"].image`. */
  readonly path: string;
  /** The same path step by step, for `ownersOf`. */
  readonly elements: Path;
  readonly desired: unknown;
  readonly live: unknown;
}

/** Metadata that the server keeps for itself: never a difference that somebody could want. */
const serverMetadata: ReadonlySet<string> = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'selfLink',
]);

/**
 * The fields in which a predicted object differs from the live one, the server's own metadata apart. Items of associative lists are
 * matched by key; where only their order differs, the list itself is the difference. Both objects must be in the server's form.
 */
export function compareObjects(schema: Schema, predicted: KubeObject, live: KubeObject): readonly Difference[] {
  if (predicted === live) return [];
  const differences: Difference[] = [];
  compareMaps(schema, predicted, live, { path: [], differences });
  return differences;
}

interface Walk {
  readonly path: Path;
  readonly differences: Difference[];
}

function compareAt(
  schema: Schema,
  element: PathElement,
  [desired, live]: readonly [unknown, unknown],
  walk: Walk,
): void {
  if (desired === live) return;
  const path = [...walk.path, element];
  const shape = shapeOf(schema, desired);
  const below = { path, differences: walk.differences };
  if (shape === 'map' && shapeOf(schema, live) === 'map') {
    compareMaps(schema, desired as JsonMap, live as JsonMap, below);
  } else if (shape === 'list' && Array.isArray(live)) {
    compareLists(schema, desired as unknown[], live, below);
  } else if (!deepEqual(desired, live)) {
    walk.differences.push({ path: pathToString(path), elements: path, desired, live });
  }
}

type JsonMap = Readonly<Record<string, unknown>>;

function compareMaps(schema: Schema, desired: JsonMap, live: JsonMap, walk: Walk): void {
  const isMetadata = walk.path.length === 1 && walk.path[0] === 'f:metadata';
  for (const key of new Set([...Object.keys(desired), ...Object.keys(live)])) {
    if (isMetadata && serverMetadata.has(key)) continue;
    compareAt(
      fieldSchema(schema, key) ?? anySchema,
      fieldElement(key),
      [ownField(desired, key), ownField(live, key)],
      walk,
    );
  }
}

function compareLists(schema: Schema, desired: readonly unknown[], live: readonly unknown[], walk: Walk): void {
  const left = indexItems(schema, desired);
  const right = indexItems(schema, live);
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    compareAt(schema.items ?? anySchema, element, [left.get(element), right.get(element)], walk);
  }
  const sameItems = left.size === right.size && [...left.keys()].every((element) => right.has(element));
  if (sameItems && [...left.keys()].join('\n') !== [...right.keys()].join('\n')) {
    walk.differences.push({ path: pathToString(walk.path), elements: walk.path, desired, live });
  }
}

/** By key; by position where items have none or share one. */
function indexItems(schema: Schema, list: readonly unknown[]): ReadonlyMap<PathElement, unknown> {
  const index = new Map<PathElement, unknown>();
  for (const [position, item] of list.entries()) {
    const identity = isAssociative(schema) ? identifyItem(schema, item) : undefined;
    const element =
      identity !== undefined && 'element' in identity && !index.has(identity.element)
        ? identity.element
        : `i:${position}`;
    index.set(element, item);
  }
  return index;
}
