import { deepEqual } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { FieldError } from '../../answers/field-error.ts';
import { forbiddenField, invalid, notSupported, required } from '../../answers/field-error.ts';
import { checkPodSpec } from '../../validation/pod-spec.ts';
import { isEmptySelector, matchesLabelSelector } from '../../validation/selectors.ts';
import type { Strategy } from '../strategy.ts';
import type { Fields } from './fields.ts';
import { fieldsOf, listOf, textOf } from './fields.ts';

const notNegative = 'must be greater than or equal to 0';

export function checkNotNegative(owner: Fields, field: string, names: readonly string[]): FieldError[] {
  return names.flatMap((name) => {
    const value = owner[name];
    return typeof value === 'number' && value < 0 ? [invalid(`${field}.${name}`, value, notNegative)] : [];
  });
}

function checkSelector(spec: Fields): FieldError[] {
  if (spec['selector'] === undefined || spec['selector'] === null) return [required('spec.selector')];
  if (isEmptySelector(fieldsOf(spec, 'selector'))) {
    return [invalid('spec.selector', spec['selector'], 'empty selector is invalid for deployment')];
  }
  return [];
}

/** The pods that a template makes must be found by the selector. */
export function checkTemplate(spec: Fields, restartPolicies: readonly string[] | undefined): FieldError[] {
  const template = fieldsOf(spec, 'template');
  const labels = fieldsOf(fieldsOf(template, 'metadata'), 'labels');
  const errors: FieldError[] = [];
  if (!spec['selector'] || !matchesLabelSelector(fieldsOf(spec, 'selector'), labels)) {
    const shown = fieldsOf(template, 'metadata')['labels'] ?? null;
    errors.push(invalid('spec.template.metadata.labels', shown, '`selector` does not match template `labels`'));
  }
  const pod = fieldsOf(template, 'spec');
  errors.push(...checkPodSpec(pod, 'spec.template.spec'));
  const policy = textOf(pod, 'restartPolicy');
  if (restartPolicies && policy !== '' && !restartPolicies.includes(policy)) {
    errors.push(notSupported('spec.template.spec.restartPolicy', policy, restartPolicies));
  }
  return errors;
}

function checkSelectorKept(next: KubeObject, old: KubeObject): FieldError[] {
  const selector = fieldsOf(next, 'spec')['selector'];
  return deepEqual(selector, fieldsOf(old, 'spec')['selector'])
    ? []
    : [invalid('spec.selector', selector, 'field is immutable')];
}

export const deploymentStrategy: Partial<Strategy> = {
  countsMetadata: 'annotations',
  validateCreate: (object) => checkDeployment(object),
  validateUpdate: (next, old) => [...checkDeployment(next), ...checkSelectorKept(next, old)],
};

function checkDeployment(object: KubeObject): FieldError[] {
  const spec = fieldsOf(object, 'spec');
  const errors = checkNotNegative(spec, 'spec', ['replicas']);
  errors.push(
    ...checkSelector(spec),
    ...checkTemplate(spec, ['Always']),
    ...checkDeploymentStrategy(fieldsOf(spec, 'strategy')),
  );
  errors.push(
    ...checkNotNegative(spec, 'spec', ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']),
  );
  const { progressDeadlineSeconds: deadline = 600, minReadySeconds = 0 } = spec as {
    progressDeadlineSeconds?: number;
    minReadySeconds?: number;
  };
  if (deadline <= minReadySeconds && deadline >= 0) {
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  return errors;
}

function checkDeploymentStrategy(strategy: Fields): FieldError[] {
  const type = textOf(strategy, 'type');
  const rolling = strategy['rollingUpdate'];
  if (type === 'Recreate') {
    return rolling === undefined
      ? []
      : [forbiddenField('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (type !== 'RollingUpdate' && type !== '') {
    return [notSupported('spec.strategy', { Type: type, RollingUpdate: null }, ['Recreate', 'RollingUpdate'])];
  }
  const { maxSurge, maxUnavailable } = fieldsOf(strategy, 'rollingUpdate');
  const errors = [
    ...checkShare('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable),
    ...checkShare('spec.strategy.rollingUpdate.maxSurge', maxSurge),
  ];
  if (errors.length === 0 && isZero(maxSurge) && isZero(maxUnavailable)) {
    errors.push(
      invalid('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable, 'may not be 0 when `maxSurge` is 0'),
    );
  }
  return errors;
}

/** A number of pods or a percentage of them. */
function checkShare(field: string, value: unknown): FieldError[] {
  if (typeof value === 'number') return value < 0 ? [invalid(field, value, notNegative)] : [];
  if (typeof value !== 'string' || /^\d+%$/.test(value)) return [];
  return [
    invalid(
      field,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ),
  ];
}

function isZero(value: unknown): boolean {
  return value === 0 || value === '0%';
}

export const replicaSetStrategy: Partial<Strategy> = {
  validateCreate: (object) => checkReplicaSet(object),
  validateUpdate: (next, old) => [...checkReplicaSet(next), ...checkSelectorKept(next, old)],
};

function checkReplicaSet(object: KubeObject): FieldError[] {
  const spec = fieldsOf(object, 'spec');
  return [
    ...checkNotNegative(spec, 'spec', ['replicas', 'minReadySeconds']),
    ...checkSelector(spec),
    ...checkTemplate(spec, ['Always']),
  ];
}

export const replicationControllerStrategy: Partial<Strategy> = {
  defaultPropagation: 'Orphan',
  validateCreate: (object) => checkNotNegative(fieldsOf(object, 'spec'), 'spec', ['replicas', 'minReadySeconds']),
};

const templateGeneration = 'deprecated.daemonset.template.generation';

export const daemonSetStrategy: Partial<Strategy> = {
  beforeTracking(object, old) {
    const before = Number(old?.metadata.annotations?.[templateGeneration] ?? 0);
    const isChanged =
      old === undefined || !deepEqual(fieldsOf(object, 'spec')['template'], fieldsOf(old, 'spec')['template']);
    object.metadata.annotations = {
      ...object.metadata.annotations,
      [templateGeneration]: String(isChanged ? before + 1 : before),
    };
  },
  validateCreate: (object) => checkDaemonSet(object),
  validateUpdate: (next, old) => [...checkDaemonSet(next), ...checkSelectorKept(next, old)],
};

function checkDaemonSet(object: KubeObject): FieldError[] {
  const spec = fieldsOf(object, 'spec');
  return [
    ...checkSelector(spec),
    ...checkTemplate(spec, ['Always']),
    ...checkNotNegative(spec, 'spec', ['minReadySeconds', 'revisionHistoryLimit']),
  ];
}

const mutableStatefulSetFields = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

export const statefulSetStrategy: Partial<Strategy> = {
  validateCreate: (object) => checkStatefulSet(object),
  validateUpdate: (next, old) => [...checkStatefulSetChange(next, old), ...checkStatefulSet(next)],
};

function checkStatefulSetChange(next: KubeObject, old: KubeObject): FieldError[] {
  const frozen = (object: KubeObject) =>
    Object.fromEntries(
      Object.entries(fieldsOf(object, 'spec')).filter(([key]) => !mutableStatefulSetFields.includes(key)),
    );
  if (deepEqual(frozen(next), frozen(old))) return [];
  return [
    forbiddenField(
      'spec',
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ),
  ];
}

function checkStatefulSet(object: KubeObject): FieldError[] {
  const spec = fieldsOf(object, 'spec');
  const errors: FieldError[] = [];
  const policy = textOf(spec, 'podManagementPolicy');
  if (policy === '') errors.push(required('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  const type = textOf(fieldsOf(spec, 'updateStrategy'), 'type');
  if (type !== 'RollingUpdate' && type !== 'OnDelete') {
    errors.push(
      invalid('spec.updateStrategy', { Type: type, RollingUpdate: null }, "must be 'RollingUpdate' or 'OnDelete'"),
    );
  }
  errors.push(...checkNotNegative(spec, 'spec', ['replicas', 'minReadySeconds', 'revisionHistoryLimit']));
  return [...errors, ...checkSelector(spec), ...checkTemplate(withClaimVolumes(spec), ['Always'])];
}

/** Containers may mount what the claim templates bring; a claim takes the place of a volume of the same name. */
function withClaimVolumes(spec: Fields): Fields {
  const claims = listOf(spec, 'volumeClaimTemplates').map((claim) => textOf(fieldsOf(claim, 'metadata'), 'name'));
  if (claims.length === 0) return spec;
  const template = fieldsOf(spec, 'template');
  const pod = fieldsOf(template, 'spec');
  const volumes = [
    ...listOf(pod, 'volumes').filter((volume) => !claims.includes(textOf(volume, 'name'))),
    ...claims.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
  ];
  return { ...spec, template: { ...template, spec: { ...pod, volumes } } };
}
