import type { ListResult } from '../operations/list-objects.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { bodyOf, objectPrefix, partialOf } from './render-object.ts';

export function listMetadata({ revision, continueToken, remaining }: ListResult): Record<string, unknown> {
  return {
    resourceVersion: String(revision),
    ...(continueToken === undefined ? {} : { continue: continueToken }),
    ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
  };
}

const comma = Buffer.from(',');
const brace = Buffer.from('{');
const end = Buffer.from(']}\n');

/** A list as JSON, put together from the entries' cached bytes. */
export function renderList(resource: ServedResource, result: ListResult): Buffer {
  // Lists of custom resources always name how they go on.
  const metadata = resource.builtin ? listMetadata(result) : { continue: '', ...listMetadata(result) };
  const head = `{"kind":"${resource.listKind}","apiVersion":${JSON.stringify(resource.apiVersion)},"metadata":${JSON.stringify(metadata)},"items":[`;
  // Items of built-in lists carry no kind of their own, custom ones do.
  const prefix = resource.builtin ? brace : objectPrefix(resource);
  const pieces: Buffer[] = [Buffer.from(head)];
  for (const [index, entry] of result.entries.entries()) {
    if (index > 0) pieces.push(comma);
    pieces.push(prefix, bodyOf(resource, entry));
  }
  pieces.push(end);
  return Buffer.concat(pieces);
}

export function partialList(resource: ServedResource, result: ListResult): unknown {
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: listMetadata(result),
    items: result.entries.map(({ object }) => partialOf(resource.fromStorage(object))),
  };
}
