import { cloneJson, isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { Random } from './random.ts';

export interface Variation {
  readonly random: Random;
  /** 0 leaves everything, 1 changes about every eighth field. */
  readonly intensity: number;
}

/** Below these any text is valid, so that values may change and keys come and go. */
const freeMaps: ReadonlySet<string> = new Set([
  'labels',
  'annotations',
  'data',
  'settings',
  'options',
  'parameters',
  'nodeSelector',
]);
const identity: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'name', 'namespace']);

/** Another object that somebody could want instead of the sample: fields and items left out, changed, reordered, emptied, doubled. */
export function varyObject(sample: KubeObject, variation: Variation): KubeObject {
  const varied = cloneJson(sample);
  for (const key of Object.keys(varied)) {
    if (key === 'apiVersion' || key === 'kind') continue;
    if (key === 'metadata') varyMetadata(varied.metadata, variation);
    else varied[key] = varyValue(varied[key], key, variation);
  }
  return varied;
}

function varyMetadata(metadata: Record<string, unknown>, { random, intensity }: Variation): void {
  for (const key of ['labels', 'annotations']) {
    const map = metadata[key];
    if (isRecord(map)) varyFreeMap(map, { random, intensity: Math.max(intensity, 0.5) });
    else if (random.chance(0.2)) metadata[key] = { fresh: 'value' };
    if (random.chance(0.08)) delete metadata[key];
    else if (random.chance(0.03)) metadata[key] = {};
    else if (random.chance(0.02)) metadata[key] = null;
  }
  if (random.chance(0.08))
    metadata['finalizers'] = random.chance(0.5) ? ['example.com/a'] : ['example.com/b', 'example.com/a'];
  if (random.chance(0.05)) metadata['creationTimestamp'] = null;
}

function varyFreeMap(map: Record<string, unknown>, { random, intensity }: Variation): void {
  for (const key of Object.keys(map)) {
    if (random.chance(0.2 * intensity)) delete map[key];
    else if (typeof map[key] === 'string' && random.chance(0.25 * intensity))
      map[key] = random.chance(0.1) ? '' : `v${random.below(4)}`;
  }
  if (random.chance(0.25 * intensity)) map[`extra-${random.below(3)}`] = `v${random.below(3)}`;
}

function varyValue(value: unknown, key: string, variation: Variation): unknown {
  if (Array.isArray(value)) return varyList(value, variation);
  if (isRecord(value)) return varyMap(value, key, variation);
  const { random, intensity } = variation;
  if (typeof value === 'number' && random.chance(0.12 * intensity)) return random.pick([0, 1, 2, value + 1]);
  if (typeof value === 'boolean' && random.chance(0.15 * intensity)) return !value;
  if (typeof value === 'string' && random.chance(0.04 * intensity))
    return random.pick(['', value.toLowerCase(), `${value}x`]);
  return value;
}

function varyMap(map: Record<string, unknown>, key: string, variation: Variation): unknown {
  const { random, intensity } = variation;
  if (freeMaps.has(key)) {
    varyFreeMap(map, variation);
    return map;
  }
  for (const field of Object.keys(map)) {
    if (!identity.has(field) && random.chance(0.12 * intensity)) delete map[field];
    else if (!identity.has(field) && random.chance(0.01 * intensity)) map[field] = null;
    else map[field] = varyValue(map[field], field, variation);
  }
  return map;
}

function varyList(list: readonly unknown[], variation: Variation): unknown {
  const { random, intensity } = variation;
  let varied = list.filter(() => list.length === 1 || !random.chance(0.15 * intensity));
  if (random.chance(0.1 * intensity)) varied = varied.toReversed();
  varied = varied.map((item) => varyValue(item, '', variation));
  if (varied.length > 0 && random.chance(0.02 * intensity)) varied.push(cloneJson(random.pick(varied)));
  if (random.chance(0.01 * intensity)) return [];
  return varied;
}

/**
 * The object without empty lists. The server tells an empty list from none while it tracks the owners of a create and forgets the
 * difference when it stores the object; that one case is not modelled.
 */
export function withoutEmptyLists<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutEmptyLists) as T;
  if (!isRecord(value)) return value;
  const fields = Object.entries(value).filter(([, field]) => !Array.isArray(field) || field.length > 0);
  return Object.fromEntries(fields.map(([key, field]) => [key, withoutEmptyLists(field)])) as T;
}

/** A small part of an object, with the keys of its list items: what a second manager might apply. */
export function projectObject(sample: KubeObject, random: Random): KubeObject {
  const part: KubeObject = {
    apiVersion: sample.apiVersion,
    kind: sample.kind,
    metadata: { name: sample.metadata.name ?? '' },
  };
  if (sample.metadata.namespace !== undefined) part.metadata.namespace = sample.metadata.namespace;
  if (random.chance(0.5))
    part.metadata.labels = { tier: random.pick(['front', 'back']), [`other-${random.below(2)}`]: 'x' };
  if (random.chance(0.3)) part.metadata.annotations = { note: random.pick(['one', 'two']) };
  for (const key of Object.keys(sample)) {
    if (key === 'apiVersion' || key === 'kind' || key === 'metadata') continue;
    const value = projectValue(sample[key], random, 0);
    if (value !== undefined) part[key] = value;
  }
  return part;
}

const itemKeys: ReadonlySet<string> = new Set([
  'name',
  'key',
  'port',
  'protocol',
  'containerPort',
  'mountPath',
  'type',
  'ip',
  'kind',
]);

function projectValue(value: unknown, random: Random, depth: number): unknown {
  if (Array.isArray(value)) {
    if (random.chance(0.4)) return undefined;
    const items = value
      .filter(() => random.chance(0.6))
      .map((item: unknown) => (isRecord(item) ? projectItem(item, random, depth) : item));
    return items.length === 0 ? undefined : items;
  }
  if (isRecord(value)) {
    const part: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      const field = projectValue(value[key], random, depth + 1);
      if (field !== undefined) part[key] = field;
    }
    return Object.keys(part).length === 0 && depth > 0 ? undefined : part;
  }
  return random.chance(0.2) ? value : undefined;
}

function projectItem(item: Record<string, unknown>, random: Random, depth: number): unknown {
  const part: Record<string, unknown> = {};
  for (const key of Object.keys(item)) {
    const field = itemKeys.has(key) ? item[key] : projectValue(item[key], random, depth + 1);
    if (field !== undefined) part[key] = field;
  }
  return part;
}
