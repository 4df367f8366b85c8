import { stringify } from 'yaml';
import type { KubeObject } from '#libs/kube';
import type { ServedResource } from '../registry/served-resource.ts';
import type { Negotiated } from '../http/negotiate.ts';
import { serializeBody } from '../storage/entry.ts';
import type { Entry } from '../storage/entry.ts';

const converted = new WeakMap<Entry, Map<string, Buffer>>();

/** The start of an object's JSON: kind and apiVersion, which bodies leave out. */
export function objectPrefix({ apiVersion, kind }: { apiVersion: string; kind: string }): Buffer {
  return Buffer.from(`{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`);
}

/** An entry's JSON after the prefix, at the resource's version. */
export function bodyOf(resource: ServedResource, entry: Entry): Buffer {
  if (entry.object.apiVersion === resource.apiVersion) return entry.body;
  let known = converted.get(entry);
  if (!known) converted.set(entry, (known = new Map()));
  let body = known.get(resource.apiVersion);
  if (!body) known.set(resource.apiVersion, (body = Buffer.from(serializeBody(resource.fromStorage(entry.object)))));
  return body;
}

export interface PartialObject {
  readonly kind: 'PartialObjectMetadata';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: KubeObject['metadata'];
}

export function partialOf({ metadata }: KubeObject): PartialObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** Any value in the negotiated format. */
export function encode(value: unknown, { format, pretty }: Negotiated): Buffer {
  if (format === 'yaml') return Buffer.from(stringify(value));
  // As Go's encoder does: a newline after compact JSON, none after indented.
  return Buffer.from(pretty ? JSON.stringify(value, undefined, 2) : `${JSON.stringify(value)}\n`);
}

export function contentTypeOf({ format }: Negotiated): string {
  return format === 'yaml' ? 'application/yaml' : 'application/json';
}
