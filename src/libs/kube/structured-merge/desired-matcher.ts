import { deepEqual, isRecord } from '#base/json';
import type { KubeObject } from '../objects.ts';
import { ownField } from '../own-field.ts';
import type { Schema } from '../schema/index.ts';
import { canonicalize, fieldSchema } from '../schema/index.ts';
import { identifyItem } from './list-items.ts';
import type { Path } from './path-element.ts';
import { isAtomic, isEmptyValue, shapeOf } from './value-shape.ts';

export interface DesiredQuestion {
  readonly desired: KubeObject;
  readonly manager: string;
  readonly schema: Schema;
  readonly resetFields?: readonly Path[] | undefined;
}

type JsonMap = Readonly<Record<string, unknown>>;

/** A leaf: its value, or the canonical form of it, must be live. */
interface LeafPlan {
  readonly kind: 'leaf';
  readonly value: unknown;
  readonly canonical: unknown;
  /** The stored object omits it. */
  readonly isOmitted: boolean;
}

interface AtomicPlan {
  readonly kind: 'atomic';
  readonly value: unknown;
}

/** An empty map is owned as such, an empty list is nothing that can be owned. */
interface EmptyPlan {
  readonly kind: 'empty';
  readonly isOwned: boolean;
}

interface MapPlan {
  readonly kind: 'map';
  readonly fields: readonly FieldPlan[];
  readonly owned: number;
}

interface ListPlan {
  readonly kind: 'list';
  readonly items: readonly ItemPlan[];
}

type Plan = LeafPlan | AtomicPlan | EmptyPlan | MapPlan | ListPlan;

interface FieldPlan {
  readonly key: string;
  readonly element: string;
  readonly plan: Plan;
}

interface ItemPlan {
  readonly element: string;
  readonly keys: readonly (readonly [string, unknown])[];
  readonly value: unknown;
  readonly fields: MapPlan | undefined;
}

/**
 * Tells in microseconds whether applying a desired object again would change nothing: the live object holds every value of it, and
 * the manager owns exactly its fields. Built once per desired object, which must not change afterwards.
 */
export class DesiredMatcher {
  readonly #apiVersion: string;
  readonly #manager: string;
  /** Undefined when the object holds what only the full prediction can judge, such as nulls. */
  readonly #plan: MapPlan | undefined;

  constructor({ desired, manager, schema, resetFields }: DesiredQuestion) {
    this.#apiVersion = desired.apiVersion;
    this.#manager = manager;
    this.#plan = planRoot(schema, desired, resetFields);
  }

  /** False may also mean "look closer": then `predictApply` has the answer. */
  matches(live: KubeObject): boolean {
    if (this.#plan === undefined || live.apiVersion !== this.#apiVersion) return false;
    for (const entry of live.metadata.managedFields ?? []) {
      if (entry.manager !== this.#manager || entry.operation !== 'Apply' || entry.subresource !== undefined) continue;
      return (
        entry.apiVersion === this.#apiVersion &&
        entry.fieldsV1 !== undefined &&
        matchesMap(this.#plan, live, entry.fieldsV1)
      );
    }
    return false;
  }
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

function planRoot(schema: Schema, desired: KubeObject, resetFields: readonly Path[] | undefined): MapPlan | undefined {
  const compiled = schema.compiled === true;
  const fields: FieldPlan[] = [];
  for (const key of Object.keys(desired)) {
    if (key === 'apiVersion' || key === 'kind' || isReset(schema, key, resetFields)) continue;
    const field = fieldSchema(schema, key);
    if (field === undefined) return undefined;
    const value = key === 'metadata' ? ownedMetadata(desired.metadata) : desired[key];
    if (key === 'metadata' && isEmptyValue(value)) continue;
    const plan = planValue(field, value, { compiled, isOmitted: omits(schema, key, value) });
    if (plan === undefined) return undefined;
    fields.push({ key, element: `f:${key}`, plan });
  }
  return { kind: 'map', fields, owned: ownedCount(fields) };
}

function ownedMetadata(metadata: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !unownedMetadata.has(key)));
}

function isReset(schema: Schema, key: string, resetFields: readonly Path[] | undefined): boolean {
  if (resetFields === undefined) return key === 'status' && schema.compiled === true;
  return resetFields.some((path) => path.length === 1 && path[0] === `f:${key}`);
}

function omits(schema: Schema, key: string, value: unknown): boolean {
  return schema.omitsZero?.has(key) === true && (value === '' || value === 0 || value === false);
}

function ownedCount(fields: readonly FieldPlan[]): number {
  return fields.filter(({ plan }) => plan.kind !== 'empty' || plan.isOwned).length;
}

interface PlanContext {
  readonly compiled: boolean;
  readonly isOmitted: boolean;
}

function planValue(schema: Schema, value: unknown, context: PlanContext): Plan | undefined {
  if (value === null || value === undefined) return undefined;
  const shape = shapeOf(schema, value);
  if (shape === 'scalar') {
    return {
      kind: 'leaf',
      value,
      canonical: canonicalize(schema, value, context.compiled),
      isOmitted: context.isOmitted,
    };
  }
  if (isAtomic(schema, shape)) return { kind: 'atomic', value: canonicalize(schema, value, context.compiled) };
  if (isEmptyValue(value)) return { kind: 'empty', isOwned: shape === 'map' };
  return shape === 'map'
    ? planMap(schema, value as JsonMap, context.compiled)
    : planList(schema, value as unknown[], context.compiled);
}

function planMap(schema: Schema, map: JsonMap, compiled: boolean): MapPlan | undefined {
  const fields: FieldPlan[] = [];
  for (const key of Object.keys(map)) {
    const value = ownField(map, key);
    if (value === undefined) continue;
    const field = fieldSchema(schema, key);
    const plan =
      field === undefined ? undefined : planValue(field, value, { compiled, isOmitted: omits(schema, key, value) });
    if (plan === undefined) return undefined;
    fields.push({ key, element: `f:${key}`, plan });
  }
  return { kind: 'map', fields, owned: ownedCount(fields) };
}

function planList(schema: Schema, list: readonly unknown[], compiled: boolean): ListPlan | undefined {
  const items: ItemPlan[] = [];
  const seen = new Set<string>();
  for (const item of list) {
    const identity = identifyItem(schema, item);
    if ('problem' in identity || seen.has(identity.element)) return undefined;
    seen.add(identity.element);
    const fields = isRecord(item) ? planMap(schema.items ?? {}, item, compiled) : undefined;
    if (isRecord(item) && fields === undefined) return undefined;
    const keys = isRecord(item) ? keyValues(schema, item) : [];
    items.push({ element: identity.element, keys, value: item, fields });
  }
  return { kind: 'list', items };
}

function keyValues(schema: Schema, item: JsonMap): readonly (readonly [string, unknown])[] {
  return (schema.listMapKeys ?? []).map((name) => [
    name,
    ownField(item, name) ?? schema.items?.properties?.[name]?.default,
  ]);
}

function matchesMap(plan: MapPlan, live: JsonMap, fields: JsonMap): boolean {
  for (const field of plan.fields) {
    if (!matchesPlan(field.plan, ownField(live, field.key), fields[field.element])) return false;
  }
  let owned = 0;
  for (const element in fields) if (element !== '.') owned++;
  return owned === plan.owned;
}

/** `fields` is what the manager owns at that place, as JSON of `fieldsV1`; undefined when nothing. */
function matchesPlan(plan: Plan, live: unknown, fields: unknown): boolean {
  switch (plan.kind) {
    case 'leaf':
      return (
        fields !== undefined &&
        (live === plan.value || live === plan.canonical || (live === undefined && plan.isOmitted))
      );
    case 'map':
      return isMap(live) && isMap(fields) && matchesMap(plan, live, fields);
    case 'list':
      return Array.isArray(live) && isMap(fields) && matchesList(plan, live, fields);
    case 'atomic':
      return fields !== undefined && deepEqual(plan.value, live);
    default:
      return isEmptyValue(live) && (plan.isOwned ? fields !== undefined && live !== undefined : fields === undefined);
  }
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null;
}

/** Every item in the desired order; others may stand between them. */
function matchesList({ items }: ListPlan, live: readonly unknown[], fields: JsonMap): boolean {
  let position = 0;
  for (const item of items) {
    const below = fields[item.element];
    if (!isMap(below)) return false;
    while (position < live.length && !isItem(item, live[position])) position++;
    const liveItem = live[position++];
    if (liveItem === undefined) return false;
    if (item.fields !== undefined && !matchesMap(item.fields, liveItem as JsonMap, below)) return false;
  }
  let owned = 0;
  for (const element in fields) if (element !== '.') owned++;
  return owned === items.length;
}

function isItem({ keys, value, fields }: ItemPlan, candidate: unknown): boolean {
  if (fields === undefined) return candidate === value;
  if (!isMap(candidate)) return false;
  for (const [name, key] of keys) if (candidate[name] !== key) return false;
  return true;
}
