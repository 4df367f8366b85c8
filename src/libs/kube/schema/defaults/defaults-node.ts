import { isRecord } from '#base/json';
import { ownField, setField } from '../../own-field.ts';

export type JsonMap = Readonly<Record<string, unknown>>;

/** What the API server fills in at one place of an object. In a list or under `*` the node holds for every item or value. */
export interface DefaultsNode {
  /** What absent fields become. */
  readonly set?: JsonMap;
  /** What absent fields become, decided by the other fields. */
  readonly when?: (object: JsonMap, root: JsonMap) => JsonMap;
  /** What fields held by value become when they are zero. */
  readonly setZero?: Readonly<Record<string, number>>;
  /** Structs that are made when absent, so that their own defaults hold. */
  readonly make?: readonly string[];
  readonly fields?: Readonly<Record<string, DefaultsNode>>;
  /** Holds for the values of a map. */
  readonly values?: DefaultsNode;
  /** Replaces the whole value, after everything else. */
  readonly rewrite?: (value: unknown, root: JsonMap) => unknown;
}

/** The value with its defaults; shares structure with the input. */
export function fillDefaults(node: DefaultsNode, value: unknown, root: JsonMap): unknown {
  if (Array.isArray(value)) return fillList(node, value, root);
  const filled = isRecord(value) ? fillMap(node, value, root) : value;
  return node.rewrite === undefined ? filled : node.rewrite(filled, root);
}

function fillList(node: DefaultsNode, list: readonly unknown[], root: JsonMap): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (const [index, item] of list.entries()) {
    const filled = fillDefaults(node, item, root);
    if (filled !== item) (copy ??= [...list])[index] = filled;
  }
  return copy ?? list;
}

function fillMap(node: DefaultsNode, map: JsonMap, root: JsonMap): JsonMap {
  let filled = node.set === undefined ? map : withAbsent(map, node.set);
  for (const name in node.setZero)
    if (isAbsent(filled[name]) || filled[name] === 0) filled = { ...filled, [name]: node.setZero[name] };
  if (node.when !== undefined) filled = withAbsent(filled, node.when(filled, root));
  for (const name of node.make ?? []) if (isAbsent(filled[name])) filled = { ...filled, [name]: {} };
  if (node.fields !== undefined) filled = fillFields(node.fields, filled, root);
  return node.values === undefined ? filled : fillValues(node.values, filled, root);
}

function fillFields(fields: Readonly<Record<string, DefaultsNode>>, map: JsonMap, root: JsonMap): JsonMap {
  let copy: Record<string, unknown> | undefined;
  for (const key in fields) {
    const value = map[key];
    const below = fields[key];
    if (isAbsent(value) || below === undefined) continue;
    const filled = fillDefaults(below, value, root);
    if (filled !== value) (copy ??= { ...map })[key] = filled;
  }
  return copy ?? map;
}

function fillValues(node: DefaultsNode, map: JsonMap, root: JsonMap): JsonMap {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(map)) {
    const value = ownField(map, key);
    const filled = fillDefaults(node, value, root);
    if (filled !== value) setField((copy ??= { ...map }), key, filled);
  }
  return copy ?? map;
}

function withAbsent(map: JsonMap, values: JsonMap): JsonMap {
  let copy: Record<string, unknown> | undefined;
  for (const key in values) {
    if (values[key] !== undefined && isAbsent(map[key])) (copy ??= { ...map })[key] = values[key];
  }
  return copy ?? map;
}

/** An empty text counts as absent: no default is for a field in which it means something else. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
