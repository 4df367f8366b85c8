import { deepEqual } from '#base/json';
import type { KubeObject, ManagedFieldsEntry } from '../objects.ts';
import { omitField } from '../own-field.ts';
import type { Schema } from '../schema/index.ts';
import { zeroObject } from '../schema/index.ts';
import { FieldSet } from './field-set.ts';
import { capUpdaters } from './cap-updaters.ts';
import { ignoredFields } from './ignored-fields.ts';
import type { FieldOwner, FieldOwners } from './managed-fields.ts';
import { ownerKey, readOwners, sameOwnership, withoutUnowned, writeOwners } from './managed-fields.ts';
import type { Path } from './path-element.ts';
import { updateOwners } from './update-owners.ts';

export interface UpdateRequest {
  /** The stored object; undefined when `after` is being created. */
  readonly before: KubeObject | undefined;
  /** The object as it will be stored, defaulted; its own managedFields count if it has any (a user may rewrite them). */
  readonly after: KubeObject;
  readonly manager: string;
  readonly schema: Schema;
  /** RFC 3339 in UTC, whole seconds. */
  readonly now: string;
  readonly subresource?: string | undefined;
  /** Fields that this endpoint leaves as they are. Default: `status` on the main endpoint, `spec` on `status`. */
  readonly resetFields?: readonly Path[] | undefined;
}

/**
 * The managed fields of an object after a create, update or patch: changed fields belong to `manager`, removed ones to nobody.
 * Without a change the entries stay as they are, times included. Throws FIELDS_INVALID for managed fields that cannot be read.
 */
export function trackUpdate(request: UpdateRequest): ManagedFieldsEntry[] {
  const { before, after } = request;
  const liveEntries = before?.metadata.managedFields ?? [];
  const owners = startingOwners(request);
  // An object without managed fields that exists already is not tracked until somebody applies to it.
  if (before !== undefined && owners.size === 0) return [];
  const tracked = trackedOwners(owners, request);
  const entries = writeOwners(tracked);
  const isUnchanged =
    before !== undefined && sameOwnership(liveEntries, entries) && deepEqual(stored(before), stored(after));
  return isUnchanged ? [...liveEntries] : entries;
}

function startingOwners({ before, after, subresource }: UpdateRequest): FieldOwners {
  const own = after.metadata.managedFields;
  const live = () => readOwners(before?.metadata.managedFields);
  if (subresource !== undefined && subresource !== '') return live();
  if (own?.length === 1 && Object.keys(own[0] ?? {}).length === 0) return new Map();
  const owners = readOwners(own);
  return owners.size === 0 ? live() : owners;
}

/** The owners after an update, whatever the object was tracked like before. */
export function trackedOwners(owners: FieldOwners, request: UpdateRequest): Map<string, FieldOwner> {
  const { before, after, manager, schema, now, subresource = '' } = request;
  const entry = {
    manager: manager === '' ? 'unknown' : manager,
    operation: 'Update',
    apiVersion: after.apiVersion,
    subresource,
  } as const;
  const update = updateOwners(
    owners,
    '',
    {
      schema,
      before: before === undefined ? zeroObject(schema) : typedObject(before),
      after: typedObject(after),
      ignored: ignoredFields(schema, subresource, request.resetFields),
    },
    true,
  );
  const { modified, added } = update.comparison;
  const changed = withoutUnowned(modified.union(added));
  if (changed.isEmpty) return update.owners;
  const key = ownerKey(entry);
  const previous = update.owners.get(key)?.fields ?? FieldSet.empty;
  update.owners.set(key, { ...entry, time: now, fields: previous.union(changed) });
  return capUpdaters(update.owners);
}

/** The object as the merge sees it: managed fields are not part of it. */
export function typedObject(object: KubeObject): KubeObject {
  return object.metadata.managedFields === undefined
    ? object
    : { ...object, metadata: omitField(object.metadata, 'managedFields') };
}

/** What decides whether anything changed: generation and resourceVersion are the server's answer to a change. */
function stored(object: KubeObject): KubeObject {
  return {
    ...object,
    metadata: { ...omitField(object.metadata, 'managedFields'), resourceVersion: '', generation: 0 },
  };
}
