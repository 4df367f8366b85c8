import { deepEqual } from '#base/json';
import type { KubeObject, ManagedFieldsEntry } from '../objects.ts';
import { omitField } from '../own-field.ts';
import type { Schema } from '../schema/index.ts';
import { zeroObject } from '../schema/index.ts';
import { FieldSet } from './field-set.ts';
import { fieldSetOf } from './field-set-of.ts';
import { ignoredFields, keepIgnored } from './ignored-fields.ts';
import type { FieldOwner, FieldOwners } from './managed-fields.ts';
import { ownerKey, readOwners, sameOwnership, withoutUnowned, writeOwners } from './managed-fields.ts';
import { mergeValues } from './merge-values.ts';
import type { Path } from './path-element.ts';
import { removeItems, withNamedFields } from './remove-items.ts';
import { trackedOwners, typedObject } from './track-update.ts';
import { updateOwners } from './update-owners.ts';
import { AppliedInvalid, findAppliedProblems } from './validate-applied.ts';

export interface ApplyRequest {
  /** The stored object; undefined when there is none. */
  readonly live: KubeObject | undefined;
  readonly applied: KubeObject;
  readonly manager: string;
  /** Take over fields that others own with other values. */
  readonly force: boolean;
  readonly schema: Schema;
  /** RFC 3339 in UTC, whole seconds. */
  readonly now: string;
  readonly subresource?: string | undefined;
  /** Fields that this endpoint leaves as they are. Default: `status` on the main endpoint, `spec` on `status`. */
  readonly resetFields?: readonly Path[] | undefined;
  /** Brings the merged object into the form in which it is stored (defaults, canonical values). Default: as it is. */
  readonly finish?: ((merged: KubeObject) => KubeObject) | undefined;
}

export interface ApplyResult {
  /** The merged and finished object with its managed fields. Shares structure with the live and the applied object. */
  readonly object: KubeObject;
  readonly managedFields: ManagedFieldsEntry[];
  /** False when neither a value nor an owner changed: then times are the live object's. */
  readonly changed: boolean;
}

/**
 * Merges an applied configuration into the live object as the API server does: what this manager applied before and no longer
 * applies goes, unless somebody else owns it; owners are tracked field by field. Throws ApplyConflict, AppliedInvalid.
 */
export function applyServerSide(request: ApplyRequest): ApplyResult {
  const { live, schema, manager, subresource = '' } = request;
  const problems = appliedProblems(request);
  if (problems.length > 0) throw new AppliedInvalid(problems);
  const ignored = ignoredFields(schema, subresource, request.resetFields);
  const applied = typedObject(request.applied);
  const before = live === undefined ? zeroObject(schema) : typedObject(live);
  const owners = ownersBeforeApply(request);
  const self: FieldOwner = {
    manager,
    operation: 'Apply',
    apiVersion: request.applied.apiVersion,
    subresource,
    time: request.now,
    fields: fieldSetOf(schema, applied).recursiveDifference(ignored),
  };
  const key = ownerKey(self);
  const lastFields = owners.get(key)?.fields ?? FieldSet.empty;
  const withSelf = new Map(owners).set(key, self);
  const lastTime = owners.get(key)?.time;
  const merged = mergeValues(schema, before, applied);
  const after = pruneAbandoned({ schema, merged, lastFields, owners: withSelf });
  const update = updateOwners(withSelf, key, { schema, before, after, ignored }, request.force);
  const ownFields = withoutUnowned(self.fields);
  // A mere change of owners keeps the time: it says when values were set.
  const time = deepEqual(before, after) ? lastTime : request.now;
  if (ownFields.isEmpty) update.owners.delete(key);
  else update.owners.set(key, { ...self, time, fields: ownFields.equals(lastFields) ? lastFields : ownFields });
  return resultOf(request, keepIgnored(after as KubeObject, live, ignored), update.owners);
}

function appliedProblems({ applied, schema }: ApplyRequest): readonly string[] {
  if (applied.metadata.managedFields !== undefined && applied.metadata.managedFields.length > 0)
    return ['metadata.managedFields must be nil'];
  return findAppliedProblems(schema, applied);
}

/** Who owned what. An object that nobody tracked yet belongs to `before-first-apply`. */
function ownersBeforeApply({ live, schema, now, resetFields }: ApplyRequest): FieldOwners {
  const owners = readOwners(live?.metadata.managedFields);
  if (owners.size > 0 || live === undefined) return owners;
  return trackedOwners(owners, {
    before: undefined,
    after: live,
    manager: 'before-first-apply',
    schema,
    now,
    resetFields,
  });
}

interface PruneInput {
  readonly schema: Schema;
  readonly merged: unknown;
  /** What this manager owned by its previous apply. */
  readonly lastFields: FieldSet;
  /** All owners, this manager's new fields included. */
  readonly owners: FieldOwners;
}

/** Removes what this manager applied last time, not this time, and nobody else owns. */
function pruneAbandoned({ schema, merged, lastFields, owners }: PruneInput): unknown {
  if (lastFields.isEmpty) return merged;
  let owned = FieldSet.empty;
  for (const owner of owners.values()) owned = owned.union(owner.fields);
  if (lastFields.difference(owned).isEmpty) return merged;
  const last = withNamedFields(lastFields, schema);
  const mergedFields = withNamedFields(fieldSetOf(schema, merged), schema);
  const pruned = removeItems(schema, merged, last);
  const prunedFields = withNamedFields(fieldSetOf(schema, pruned), schema);
  const withOwned = removeItems(
    schema,
    merged,
    mergedFields.difference(prunedFields.union(withNamedFields(owned, schema))),
  );
  const keptFields = withNamedFields(fieldSetOf(schema, withOwned), schema);
  return removeItems(schema, merged, mergedFields.difference(keptFields).intersection(last));
}

function resultOf({ live, finish }: ApplyRequest, after: KubeObject, owners: FieldOwners): ApplyResult {
  const managedFields = writeOwners(owners);
  const stored = finish === undefined ? after : finish(after);
  const liveEntries = live?.metadata.managedFields ?? [];
  if (
    live !== undefined &&
    sameOwnership(liveEntries, managedFields) &&
    deepEqual(typedObject(live), typedObject(stored))
  ) {
    return { object: live, managedFields: [...liveEntries], changed: false };
  }
  const metadata = { ...omitField(stored.metadata, 'managedFields'), managedFields };
  return { object: { ...stored, metadata }, managedFields, changed: true };
}
