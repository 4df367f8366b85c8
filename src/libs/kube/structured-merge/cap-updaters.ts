import type { FieldOwner } from './managed-fields.ts';
import { compareTexts, ownerKey, secondsOf } from './managed-fields.ts';

const maxUpdaters = 10;

/** Keeps at most ten Update entries: the oldest of each API version are merged into one named `ancient-changes`. */
export function capUpdaters(owners: Map<string, FieldOwner>): Map<string, FieldOwner> {
  const updaters = [...owners].filter(([, owner]) => owner.operation === 'Update');
  if (updaters.length <= maxUpdaters) return owners;
  updaters.sort(([, a], [, b]) => secondsOf(a.time) - secondsOf(b.time) || compareTexts(identity(a), identity(b)));
  const capped = new Map(owners);
  const firstOfVersion = new Map<string, string>();
  let count = updaters.length;
  for (const [key, owner] of updaters) {
    if (count <= maxUpdaters) break;
    const bucket: FieldOwner = { ...owner, manager: 'ancient-changes', subresource: '' };
    const bucketKey = ownerKey(bucket);
    const first = firstOfVersion.get(owner.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(owner.apiVersion, key);
      continue;
    }
    const firstOwner = capped.get(first);
    const merged = firstOwner === undefined ? owner.fields : firstOwner.fields.union(owner.fields);
    capped.delete(first);
    capped.delete(key);
    capped.set(bucketKey, { ...bucket, fields: merged });
    firstOfVersion.set(owner.apiVersion, bucketKey);
    count--;
  }
  return capped;
}

/** How the server names an entry, which is also its order among entries of the same second. */
function identity({ manager, apiVersion, subresource }: FieldOwner): string {
  return JSON.stringify({ manager, operation: 'Update', apiVersion, ...(subresource === '' ? {} : { subresource }) });
}
