import { isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';
import { invalidManifest } from './manifest-errors.ts';
import type { Place } from './manifest-errors.ts';
import type { RenderedObject } from './rendered-object.ts';

const maxListDepth = 10;

/**
 * The objects that one document of a manifest stands for: itself, or the items of a list (`compatibility.md` a.5). An empty
 * document has none. Throws MANIFEST_INVALID for what is no Kubernetes object.
 */
export function toObjects(value: unknown, place: Place, depth = 0): RenderedObject[] {
  if (value === null || value === undefined || (isRecord(value) && Object.keys(value).length === 0)) return [];
  if (!isRecord(value))
    throw invalidManifest(place, `a ${Array.isArray(value) ? 'list' : typeof value} is no Kubernetes object`);
  const { apiVersion, kind, items } = value;
  if (typeof kind !== 'string' || kind === '') throw invalidManifest(place, "Object 'Kind' is missing");
  if (typeof apiVersion !== 'string' || apiVersion === '')
    throw invalidManifest(place, `Object 'apiVersion' is missing of kind "${kind}"`);
  if (kind.endsWith('List') && Array.isArray(items)) {
    if (depth >= maxListDepth) throw invalidManifest(place, `lists nest deeper than ${maxListDepth} levels`);
    return items.flatMap((item: unknown) => toObjects(item, place, depth + 1));
  }
  return [{ object: toNamedObject(value, kind, place), ...definedPlace(place) }];
}

function toNamedObject(value: Record<string, unknown>, kind: string, place: Place): KubeObject {
  const { metadata } = value;
  if (!isRecord(metadata)) throw invalidManifest(place, `the ${kind} has no metadata`);
  const { name, generateName } = metadata;
  for (const [field, text] of Object.entries({ name, generateName, namespace: metadata['namespace'] })) {
    if (text !== undefined && text !== null && typeof text !== 'string')
      throw invalidManifest(place, `metadata.${field} of the ${kind} must be a string, not ${JSON.stringify(text)}`);
  }
  if (!name && !generateName)
    throw invalidManifest(place, `the ${kind} has no name: metadata.name or metadata.generateName is needed`);
  return value as KubeObject;
}

function definedPlace({ file, line }: Place): { file?: string; line?: number } {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}
