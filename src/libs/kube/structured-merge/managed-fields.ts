import { deepEqual } from '#base/json';
import type { ManagedFieldsEntry } from '../objects.ts';
import { FieldSet, fieldPath } from './field-set.ts';

export type ManagedOperation = 'Apply' | 'Update';

/** One entry of `metadata.managedFields`, read. */
export interface FieldOwner {
  readonly manager: string;
  readonly operation: ManagedOperation;
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** Owners by identity: one entry per manager, operation and subresource; updates also per API version. */
export type FieldOwners = ReadonlyMap<string, FieldOwner>;

export function ownerKey({ manager, operation, apiVersion, subresource }: Omit<FieldOwner, 'time' | 'fields'>): string {
  return JSON.stringify([operation, subresource, manager, operation === 'Apply' ? '' : apiVersion]);
}

/** Fields that the server keeps for itself: nobody owns them. */
const unownedFields = FieldSet.fromPaths([
  fieldPath('apiVersion'),
  fieldPath('kind'),
  fieldPath('metadata'),
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => fieldPath('metadata', name)),
]);

export function withoutUnowned(fields: FieldSet): FieldSet {
  return fields.difference(unownedFields);
}

/** Reads entries; those that cannot be read are dropped, as the server does. Throws FIELDS_INVALID for malformed paths. */
export function readOwners(entries: readonly ManagedFieldsEntry[] | undefined): Map<string, FieldOwner> {
  const owners = new Map<string, FieldOwner>();
  for (const entry of entries ?? []) {
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') continue;
    const owner: FieldOwner = {
      manager: entry.manager ?? '',
      operation: entry.operation,
      apiVersion: entry.apiVersion ?? '',
      subresource: entry.subresource ?? '',
      time: entry.time,
      fields: FieldSet.fromFieldsV1(entry.fieldsV1),
    };
    owners.set(ownerKey(owner), owner);
  }
  return owners;
}

/** The entries in the server's order: Apply before Update, then by time, manager, version, subresource. */
export function writeOwners(owners: FieldOwners): ManagedFieldsEntry[] {
  return [...owners.values()]
    .filter((owner) => !owner.fields.isEmpty)
    .sort(compareOwners)
    .map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
      manager,
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: fields.toFieldsV1(),
      ...(subresource === '' ? {} : { subresource }),
    }));
}

function compareOwners(a: FieldOwner, b: FieldOwner): number {
  return (
    compareTexts(a.operation, b.operation) ||
    secondsOf(a.time) - secondsOf(b.time) ||
    compareTexts(a.manager, b.manager) ||
    compareTexts(a.apiVersion, b.apiVersion) ||
    compareTexts(a.subresource, b.subresource)
  );
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function secondsOf(time: string | undefined): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1000);
}

/**
 * Equal but for time: nothing that anybody owns has changed. The order counts, because the server compares entry by entry; an
 * entry that moved because of its new time makes it write.
 */
export function sameOwnership(a: readonly ManagedFieldsEntry[], b: readonly ManagedFieldsEntry[]): boolean {
  return (
    a.length === b.length && a.every((entry, index) => deepEqual({ ...entry, time: '' }, { ...b[index], time: '' }))
  );
}
