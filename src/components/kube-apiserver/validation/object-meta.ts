import { deepEqual } from '#base/json';
import type { KubeObject, ObjectMeta, OwnerReference } from '#libs/kube';
import type { FieldError } from '../answers/field-error.ts';
import { forbiddenField, invalid, required } from '../answers/field-error.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { checkLabelValue, checkName, checkQualifiedName } from './names.ts';

const annotationsLimit = 256 * 1024;

/** Metadata of an object about to be created. */
export function checkObjectMeta(
  { metadata }: KubeObject,
  { strategy, namespaced, builtin, group }: ServedResource,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.name === undefined) errors.push(required('metadata.name', 'name or generateName is required'));
  else
    errors.push(
      ...checkName(strategy.nameRule, metadata.name).map((why) => invalid('metadata.name', metadata.name, why)),
    );
  if (namespaced && metadata.namespace) {
    errors.push(
      ...checkName('label', metadata.namespace).map((why) => invalid('metadata.namespace', metadata.namespace, why)),
    );
  }
  errors.push(
    ...checkLabels('metadata.labels', metadata.labels),
    ...checkAnnotations(metadata),
    ...checkOwners(metadata.ownerReferences),
  );
  errors.push(...checkFinalizers(metadata.finalizers, isStrict(builtin, group)));
  return errors;
}

/** Metadata of a changed object: what must stay, and what new values must look like. */
export function checkObjectMetaUpdate(
  next: KubeObject,
  old: KubeObject,
  resource: ServedResource,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { metadata } = next;
  if (!deepEqual(metadata.labels, old.metadata.labels)) errors.push(...checkLabels('metadata.labels', metadata.labels));
  if (!deepEqual(metadata.annotations, old.metadata.annotations)) errors.push(...checkAnnotations(metadata));
  errors.push(...checkOwners(metadata.ownerReferences), ...checkNewFinalizers(metadata, old.metadata));
  if (!deepEqual(metadata.finalizers, old.metadata.finalizers)) {
    errors.push(...checkFinalizers(metadata.finalizers, isStrict(resource.builtin, resource.group)));
  }
  if (metadata.namespace !== old.metadata.namespace && resource.namespaced) {
    errors.push(invalid('metadata.namespace', metadata.namespace, 'field is immutable'));
  }
  return errors;
}

export function checkLabels(field: string, labels: Readonly<Record<string, string>> | undefined): FieldError[] {
  return Object.entries(labels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, value]) => [
      ...checkQualifiedName(key).map((why) => invalid(field, key, why)),
      ...checkLabelValue(value).map((why) => invalid(field, value, why)),
    ]);
}

function checkAnnotations({ annotations }: ObjectMeta): FieldError[] {
  let size = 0;
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...checkQualifiedName(key.toLowerCase()).map((why) => invalid('metadata.annotations', key, why)));
    size += key.length + value.length;
  }
  if (size > annotationsLimit) {
    errors.push({
      reason: 'FieldValueTooLong',
      field: 'metadata.annotations',
      message: `Too long: may not be more than ${annotationsLimit} bytes`,
    });
  }
  return errors;
}

function checkOwners(owners: readonly OwnerReference[] | undefined): FieldError[] {
  const errors: FieldError[] = [];
  let controllers = 0;
  (owners ?? []).forEach((owner) => {
    const field = 'metadata.ownerReferences';
    if (!owner.apiVersion)
      errors.push(invalid(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
    if (!owner.kind) errors.push(invalid(`${field}.kind`, owner.kind ?? '', 'must not be empty'));
    if (!owner.name) errors.push(invalid(`${field}.name`, owner.name ?? '', 'must not be empty'));
    if (!owner.uid) errors.push(invalid(`${field}.uid`, owner.uid ?? '', 'must not be empty'));
    if (owner.controller === true) controllers++;
  });
  if (controllers > 1) {
    const why = 'Only one reference can have Controller set to true.';
    errors.push(invalid('metadata.ownerReferences', owners, why));
  }
  return errors;
}

/** Built-in kinds want finalizers with a path; definitions and custom resources take any qualified name. */
function isStrict(builtin: boolean, group: string): boolean {
  return builtin && group !== 'apiextensions.k8s.io' && group !== 'apiregistration.k8s.io';
}

function checkFinalizers(finalizers: readonly string[] | undefined, strict: boolean): FieldError[] {
  const known = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);
  const list = finalizers ?? [];
  const errors = list.flatMap((one, index) => {
    const field = `metadata.finalizers[${index}]`;
    if (known.has(one)) return [];
    if (strict && !one.includes('/')) {
      return [invalid(field, one, 'name is neither a standard finalizer name nor is it fully qualified')];
    }
    return checkQualifiedName(one).map((why) => invalid(field, one, why));
  });
  if (list.includes('orphan') && list.includes('foregroundDeletion')) {
    errors.push(invalid('metadata.finalizers', list, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}

/** Nothing may hold an object back that is being deleted already. */
function checkNewFinalizers(metadata: ObjectMeta, old: ObjectMeta): FieldError[] {
  if (old.deletionTimestamp === undefined) return [];
  const added = (metadata.finalizers ?? []).filter((one) => !(old.finalizers ?? []).includes(one));
  if (added.length === 0) return [];
  const list = `[]string{${added.map((one) => JSON.stringify(one)).join(', ')}}`;
  return [
    forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
    ),
  ];
}
