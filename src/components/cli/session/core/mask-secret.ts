import { createHash } from 'node:crypto';
import { isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** A Secret with every value replaced by a mark; other objects as they are. Pure. */
export function maskSecret(object: KubeObject): KubeObject {
  if (object.apiVersion !== 'v1' || object.kind !== 'Secret') return object;
  const masked: KubeObject = { ...object };
  for (const field of ['data', 'stringData']) {
    const values = object[field];
    if (isRecord(values)) masked[field] = Object.fromEntries(Object.keys(values).map((key) => [key, '++++++++']));
  }
  const { annotations } = object.metadata;
  if (annotations?.[lastApplied] !== undefined) {
    masked.metadata = { ...object.metadata, annotations: { ...annotations, [lastApplied]: '++++++++' } };
  }
  return masked;
}

/** A Secret's value for a comparison: equal values look alike, different ones do not, nothing of them can be read. */
export function maskValue(value: unknown, salt: string): string {
  const digest = createHash('sha256')
    .update(salt)
    .update(JSON.stringify(value) ?? 'absent')
    .digest('hex');
  return `++++++++ (${digest.slice(0, 8)})`;
}
