import { deepEqual } from '#base/json';
import type { KubeObject, ManagedFieldsEntry } from '#libs/kube';

/** True when an update changes nothing but the times in managedFields: such a write keeps the old object and revision. */
export function isUnchanged(old: KubeObject, next: KubeObject): boolean {
  const { metadata: oldMeta, ...oldRest } = old;
  const { metadata: nextMeta, ...nextRest } = next;
  const { managedFields: oldFields = [], resourceVersion: _oldVersion, ...oldOthers } = oldMeta;
  const { managedFields: nextFields = [], resourceVersion: _nextVersion, ...nextOthers } = nextMeta;
  return (
    deepEqual(oldRest, nextRest) &&
    deepEqual(oldOthers, nextOthers) &&
    deepEqual(oldFields.map(withoutTime), nextFields.map(withoutTime))
  );
}

function withoutTime({ time: _time, ...entry }: ManagedFieldsEntry): ManagedFieldsEntry {
  return entry;
}
