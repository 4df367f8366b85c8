import { deepEqual } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { FieldError } from '../../answers/field-error.ts';
import { forbiddenField, invalid, notSupported, required } from '../../answers/field-error.ts';
import type { Strategy, StrategyContext } from '../strategy.ts';
import { fieldsOf, textOf } from './fields.ts';

const defaultClass = 'storageclass.kubernetes.io/is-default-class';

export const persistentVolumeClaimStrategy: Partial<Strategy> = {
  admitCreate(claim, context) {
    claim.metadata.finalizers = [...new Set([...(claim.metadata.finalizers ?? []), 'kubernetes.io/pvc-protection'])];
    const spec = fieldsOf(claim, 'spec');
    const name = spec['storageClassName'] === undefined ? defaultStorageClass(context) : undefined;
    if (name !== undefined) claim['spec'] = { ...spec, storageClassName: name };
  },
  prepareCreate(claim) {
    claim['status'] = { phase: 'Pending' };
  },
  validateCreate: checkClaim,
  validateUpdate: checkClaimChange,
};

function defaultStorageClass({ scan }: StrategyContext): string | undefined {
  const defaults = [...scan('storageclasses.storage.k8s.io')].filter(
    (one) => one.metadata.annotations?.[defaultClass] === 'true',
  );
  defaults.sort((a, b) => String(b.metadata.creationTimestamp).localeCompare(String(a.metadata.creationTimestamp)));
  return defaults[0]?.metadata.name;
}

function checkClaim(claim: KubeObject): FieldError[] {
  const spec = fieldsOf(claim, 'spec');
  const errors: FieldError[] = [];
  const modes = spec['accessModes'];
  if (!Array.isArray(modes) || modes.length === 0)
    errors.push(required('spec.accessModes', 'at least 1 access mode is required'));
  else errors.push(...checkAccessModes(modes as string[]));
  if (fieldsOf(fieldsOf(spec, 'resources'), 'requests')['storage'] === undefined)
    errors.push(required('spec.resources[storage]'));
  return errors;
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

function checkAccessModes(modes: readonly string[]): FieldError[] {
  return modes
    .filter((mode) => !accessModes.includes(mode))
    .map((mode) => notSupported('spec.accessModes', mode, accessModes));
}

const claimText =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

function checkClaimChange(next: KubeObject, old: KubeObject): FieldError[] {
  const frozen = (object: KubeObject) => {
    const {
      resources: _resources,
      volumeAttributesClassName: _class,
      volumeName: _volume,
      ...rest
    } = fieldsOf(object, 'spec');
    return rest;
  };
  const after = fieldsOf(next, 'spec');
  const before = fieldsOf(old, 'spec');
  const isBound = textOf(fieldsOf(old, 'status'), 'phase') === 'Bound';
  const keepsResources = isBound || deepEqual(after['resources'], before['resources']);
  const keepsVolume = textOf(before, 'volumeName') === '' || after['volumeName'] === before['volumeName'];
  return deepEqual(frozen(next), frozen(old)) && keepsResources && keepsVolume
    ? []
    : [forbiddenField('spec', claimText)];
}

const volumeFields = [
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
];

export const persistentVolumeStrategy: Partial<Strategy> = {
  admitCreate(volume) {
    volume.metadata.finalizers = [...new Set([...(volume.metadata.finalizers ?? []), 'kubernetes.io/pv-protection'])];
  },
  prepareCreate(volume, { now }) {
    volume['status'] = { phase: 'Pending', lastPhaseTransitionTime: `${new Date(now).toISOString().slice(0, 19)}Z` };
  },
  prepareStatus(next, old, { now }) {
    const phase = textOf(fieldsOf(next, 'status'), 'phase');
    if (phase === textOf(fieldsOf(old, 'status'), 'phase')) return;
    next['status'] = {
      ...fieldsOf(next, 'status'),
      lastPhaseTransitionTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
    };
  },
  validateCreate(volume) {
    const spec = fieldsOf(volume, 'spec');
    const errors: FieldError[] = [];
    const modes = spec['accessModes'];
    if (!Array.isArray(modes) || modes.length === 0) errors.push(required('spec.accessModes'));
    else errors.push(...checkAccessModes(modes as string[]));
    const capacity = fieldsOf(spec, 'capacity');
    if (spec['capacity'] === undefined) errors.push(required('spec.capacity'));
    if (capacity['storage'] === undefined)
      errors.push(notSupported('spec.capacity', spec['capacity'] ?? null, ['storage']));
    if (!Object.keys(spec).some((key) => !volumeFields.includes(key)))
      errors.push(required('spec', 'must specify a volume type'));
    return errors;
  },
};

const reclaimPolicies = ['Delete', 'Retain'];
const bindingModes = ['Immediate', 'WaitForFirstConsumer'];

export const storageClassStrategy: Partial<Strategy> = {
  validateCreate: checkStorageClass,
  validateUpdate(next, old) {
    const kept = ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'].filter(
      (field) => !deepEqual(next[field], old[field]),
    );
    return [...kept.map((field) => invalid(field, next[field], 'field is immutable')), ...checkStorageClass(next)];
  },
};

function checkStorageClass(object: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if (textOf(object, 'provisioner') === '') errors.push(required('provisioner'));
  const policy = textOf(object, 'reclaimPolicy');
  if (policy !== '' && !reclaimPolicies.includes(policy))
    errors.push(notSupported('reclaimPolicy', policy, reclaimPolicies));
  const mode = textOf(object, 'volumeBindingMode');
  if (mode !== '' && !bindingModes.includes(mode)) errors.push(notSupported('volumeBindingMode', mode, bindingModes));
  return errors;
}

export const volumeAttributesClassStrategy: Partial<Strategy> = {
  admitCreate(object) {
    object.metadata.finalizers = [...new Set([...(object.metadata.finalizers ?? []), 'kubernetes.io/vac-protection'])];
  },
};
