import type { KubeObject, ManagedFieldsEntry } from '#libs/kube';
import { FieldSet, fieldPath } from '#libs/kube/structured-merge';
import { marks } from '../annotations.ts';

export const fieldManager = 'argocd-controller';
export const clientSideManager = 'kubectl-client-side-apply';

export interface OwnershipMigration {
  /** The manager that owns by server-side apply afterwards. */
  readonly manager: string;
  /** Managers whose client-side-applied fields it takes over, once: not after it has applied itself. */
  readonly from: readonly string[];
}

/**
 * The live object as it is once fields that were applied client-side (by Argo CD, or by kubectl before the application took over)
 * belong to our server-side apply, so that leaving Git removes them. The object itself when there is nothing to move.
 */
export function migrateManagedFields(live: KubeObject, { manager, from }: OwnershipMigration): KubeObject {
  const entries = live.metadata.managedFields;
  if (entries === undefined) return live;
  const own = entries.find((entry) => entry.manager === manager && isApply(entry));
  const isMoved = (entry: ManagedFieldsEntry) =>
    entry.operation === 'Update' &&
    (entry.subresource ?? '') === '' &&
    // What our manager wrote by update (a replace, or Argo CD's client-side apply) is always ours.
    (entry.manager === manager || (own === undefined && from.includes(entry.manager ?? '')));
  const moved = entries.filter(isMoved);
  if (moved.length === 0) return live;
  const first = own ?? moved[0];
  const merged: ManagedFieldsEntry = {
    ...first,
    manager,
    operation: 'Apply',
    fieldsType: 'FieldsV1',
    fieldsV1: mergedFields(own === undefined ? moved : [own, ...moved]),
  };
  const rest = entries.filter((entry) => entry !== own && !isMoved(entry));
  return { ...live, metadata: { ...live.metadata, managedFields: [merged, ...rest] } };
}

function isApply(entry: ManagedFieldsEntry): boolean {
  return entry.operation === 'Apply' && (entry.subresource ?? '') === '';
}

/** kubectl's bookkeeping is nobody's desired state: owning it would mean deleting it. */
const lastApplied = FieldSet.fromPaths([fieldPath('metadata', 'annotations', marks.lastApplied)]);

function mergedFields(entries: readonly ManagedFieldsEntry[]): Record<string, unknown> {
  let fields = FieldSet.empty;
  for (const entry of entries) fields = fields.union(FieldSet.fromFieldsV1(entry.fieldsV1));
  return fields.recursiveDifference(lastApplied).toFieldsV1();
}
