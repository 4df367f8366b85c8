import { deepEqual } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { FieldError } from '../../answers/field-error.ts';
import { invalid, notSupported, required } from '../../answers/field-error.ts';
import { checkCronSchedule } from '../../validation/cron-schedule.ts';
import { checkPodSpec } from '../../validation/pod-spec.ts';
import { matchesLabelSelector } from '../../validation/selectors.ts';
import type { Strategy } from '../strategy.ts';
import type { Fields } from './fields.ts';
import { fieldsOf, makeFields, textOf } from './fields.ts';
import { checkNotNegative } from './workloads.ts';

export const jobStrategy: Partial<Strategy> = {
  defaultPropagation: 'Orphan',
  prepareCreate: labelPods,
  validateCreate: (object) => checkJob(object),
  validateUpdate: (next, old) => [...checkJob(next), ...checkJobChange(next, old)],
};

/** A job finds its pods by its own uid, unless the user took that over. */
function labelPods(job: KubeObject): void {
  const spec = makeFields(job, 'spec');
  if (spec['manualSelector'] === true) return;
  const { uid = '', name = '' } = job.metadata;
  const labels = makeFields(makeFields(makeFields(spec, 'template') as Fields, 'metadata'), 'labels');
  Object.assign(labels, {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  });
  Object.assign(makeFields(makeFields(spec, 'selector'), 'matchLabels'), { 'batch.kubernetes.io/controller-uid': uid });
  if (Object.keys(job.metadata.labels ?? {}).length === 0)
    job.metadata.labels = { ...labels } as Record<string, string>;
}

function checkJob(job: KubeObject): FieldError[] {
  const spec = fieldsOf(job, 'spec');
  const errors: FieldError[] = [];
  errors.push(...checkJobSpec(spec, 'spec'));
  if (spec['manualSelector'] !== true && !isOwnSelector(spec)) {
    errors.unshift(invalid('spec.selector', spec['selector'], '`selector` not auto-generated'));
  }
  const labels = fieldsOf(fieldsOf(fieldsOf(spec, 'template'), 'metadata'), 'labels');
  if (!matchesLabelSelector(fieldsOf(spec, 'selector'), labels)) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  return errors;
}

function isOwnSelector(spec: Fields): boolean {
  const labels = Object.keys(fieldsOf(fieldsOf(spec, 'selector'), 'matchLabels'));
  return labels.every((key) => key === 'batch.kubernetes.io/controller-uid' || key === 'controller-uid');
}

function checkJobSpec(spec: Fields, field: string): FieldError[] {
  const errors = checkNotNegative(spec, field, [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
  ]);
  const pod = fieldsOf(fieldsOf(spec, 'template'), 'spec');
  errors.push(...checkPodSpec(pod, `${field}.template.spec`));
  const policy = textOf(pod, 'restartPolicy');
  if (policy !== 'OnFailure' && policy !== 'Never') {
    errors.push(required(`${field}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'));
  }
  return errors;
}

function checkJobChange(next: KubeObject, old: KubeObject): FieldError[] {
  const spec = fieldsOf(next, 'spec');
  const before = fieldsOf(old, 'spec');
  const kept = (name: string) =>
    deepEqual(spec[name], before[name]) ? [] : [invalid(`spec.${name}`, spec[name], 'field is immutable')];
  // A job that never ran may still be told where to run; what it runs is settled.
  const frozen = (job: Fields) => {
    const {
      nodeSelector: _nodes,
      tolerations: _tolerations,
      schedulingGates: _gates,
      affinity: _affinity,
      ...rest
    } = fieldsOf(fieldsOf(job, 'template'), 'spec');
    return rest;
  };
  const template = deepEqual(frozen(spec), frozen(before))
    ? []
    : [invalid('spec.template.spec', fieldsOf(fieldsOf(spec, 'template'), 'spec'), 'field is immutable')];
  return [...kept('completions'), ...kept('selector'), ...template, ...kept('completionMode')];
}

const policies = ['Allow', 'Forbid', 'Replace'];
const cronNameLimit = 52;

export const cronJobStrategy: Partial<Strategy> = {
  validateCreate: (object) => [...checkCronJob(object), ...checkCronName(object)],
  validateUpdate: (next) => checkCronJob(next),
};

function checkCronJob(object: KubeObject): FieldError[] {
  const spec = fieldsOf(object, 'spec');
  const schedule = textOf(spec, 'schedule');
  const errors: FieldError[] = [];
  if (schedule === '') errors.push(required('spec.schedule'));
  else errors.push(...checkCronSchedule(schedule).map((why) => invalid('spec.schedule', schedule, why)));
  const zone = textOf(spec, 'timeZone');
  if (zone !== '' && !isTimeZone(zone)) errors.push(invalid('spec.timeZone', zone, `unknown time zone ${zone}`));
  errors.push(...checkNotNegative(spec, 'spec', ['startingDeadlineSeconds']));
  const policy = textOf(spec, 'concurrencyPolicy');
  if (policy !== '' && !policies.includes(policy))
    errors.push(notSupported('spec.concurrencyPolicy', policy, policies));
  errors.push(...checkNotNegative(spec, 'spec', ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit']));
  return [...errors, ...checkJobSpec(fieldsOf(fieldsOf(spec, 'jobTemplate'), 'spec'), 'spec.jobTemplate.spec')];
}

function checkCronName({ metadata }: KubeObject): FieldError[] {
  const { name = '' } = metadata;
  return name.length > cronNameLimit
    ? [invalid('metadata.name', name, `must be no more than ${cronNameLimit} characters`)]
    : [];
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
