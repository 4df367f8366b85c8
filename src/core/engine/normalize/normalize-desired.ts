import type { KubeObject } from '#libs/kube';
import { isRecord } from '#base/json';

export interface DesiredPlace {
  readonly isNamespaced: boolean;
  /** Where namespaced objects without a namespace go. */
  readonly destinationNamespace: string;
}

/**
 * A rendered object as it is applied and compared (`compatibility.md` f): nulls dropped, a Secret's `stringData` encoded, its
 * namespace set or removed by scope, what only a server writes removed. Shares structure with the input.
 */
export function normalizeDesired(object: KubeObject, place: DesiredPlace): KubeObject {
  const clean = withoutNulls(object) as KubeObject;
  const metadata = placed(clean.metadata, place);
  for (const field of serverFields) delete metadata[field];
  const result = { ...clean, metadata };
  return isSecret(result) ? withEncodedStringData(result) : result;
}

/** Exports of live objects carry these; sent back they are refused or mean nothing. */
const serverFields = [
  'managedFields',
  'resourceVersion',
  'uid',
  'creationTimestamp',
  'generation',
  'selfLink',
] as const;

function placed(
  metadata: KubeObject['metadata'],
  { isNamespaced, destinationNamespace }: DesiredPlace,
): KubeObject['metadata'] {
  const copy = { ...metadata };
  if (!isNamespaced) delete copy.namespace;
  else if (!copy.namespace && destinationNamespace !== '') copy.namespace = destinationNamespace;
  return copy;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return withoutNullsInList(value);
  if (!isRecord(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const before = value[key];
    const after = withoutNulls(before);
    if (after === before && before !== null && before !== undefined) continue;
    copy ??= { ...value };
    if (after === null || after === undefined) delete copy[key];
    else copy[key] = after;
  }
  return copy ?? value;
}

/** A null item of a list is a value of its own and stays. */
function withoutNullsInList(list: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (const [index, item] of list.entries()) {
    const after = withoutNulls(item);
    if (after !== item) (copy ??= [...list])[index] = after;
  }
  return copy ?? list;
}

function isSecret({ apiVersion, kind }: KubeObject): boolean {
  return apiVersion === 'v1' && kind === 'Secret';
}

function withEncodedStringData(secret: KubeObject): KubeObject {
  const stringData = secret['stringData'];
  if (!isRecord(stringData)) return secret;
  const encoded = Object.entries(stringData).map(([key, value]) => [key, encode(value)] as const);
  const data = secret['data'];
  const result: KubeObject = { ...secret, data: { ...(isRecord(data) ? data : {}), ...Object.fromEntries(encoded) } };
  delete result['stringData'];
  return result;
}

/** A value of the wrong type stays, so that the server can name it. */
function encode(value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value, 'utf8').toString('base64') : value;
}
