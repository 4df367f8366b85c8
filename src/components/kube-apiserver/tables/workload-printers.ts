import { asText, fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';
import { formatLabelSelector } from '../validation/selectors.ts';
import { formatAge, formatDuration } from './human-duration.ts';
import type { Printer } from './printer.ts';
import { ageOf, containersOf, formatLabels, nameOf, none, numberOf, orNone } from './printer.ts';

export const printDeployment: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const status = fieldsOf(object, 'status');
  return [
    nameOf(object),
    `${numberOf(status, 'readyReplicas')}/${numberOf(spec, 'replicas')}`,
    numberOf(status, 'updatedReplicas'),
    numberOf(status, 'availableReplicas'),
    ageOf(object, now),
    ...containersOf(fieldsOf(spec, 'template')),
    formatLabelSelector(fieldsOf(spec, 'selector')),
  ];
};

export const printReplicaSet: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const status = fieldsOf(object, 'status');
  const selector = fieldsOf(spec, 'selector');
  return [
    nameOf(object),
    numberOf(spec, 'replicas'),
    numberOf(status, 'replicas'),
    numberOf(status, 'readyReplicas'),
    ageOf(object, now),
    ...containersOf(fieldsOf(spec, 'template')),
    object.kind === 'ReplicationController' ? formatLabels(selector) : formatLabelSelector(selector),
  ];
};

export const printStatefulSet: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const ready = `${numberOf(fieldsOf(object, 'status'), 'readyReplicas')}/${numberOf(spec, 'replicas')}`;
  return [nameOf(object), ready, ageOf(object, now), ...containersOf(fieldsOf(spec, 'template'))];
};

export const printDaemonSet: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const status = fieldsOf(object, 'status');
  return [
    nameOf(object),
    numberOf(status, 'desiredNumberScheduled'),
    numberOf(status, 'currentNumberScheduled'),
    numberOf(status, 'numberReady'),
    numberOf(status, 'updatedNumberScheduled'),
    numberOf(status, 'numberAvailable'),
    formatLabels(fieldsOf(fieldsOf(fieldsOf(spec, 'template'), 'spec'), 'nodeSelector')),
    ageOf(object, now),
    ...containersOf(fieldsOf(spec, 'template')),
    formatLabelSelector(fieldsOf(spec, 'selector')),
  ];
};

export const printJob: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const status = fieldsOf(object, 'status');
  const succeeded = numberOf(status, 'succeeded');
  const completions = spec['completions'];
  const parallelism = numberOf(spec, 'parallelism');
  const wanted = typeof completions === 'number' ? String(completions) : parallelism > 1 ? `1 of ${parallelism}` : '1';
  return [
    nameOf(object),
    jobStatus(object),
    `${succeeded}/${wanted}`,
    jobDuration(status, now),
    ageOf(object, now),
    ...containersOf(fieldsOf(spec, 'template')),
    formatLabelSelector(fieldsOf(spec, 'selector')),
  ];
};

function jobStatus(object: Parameters<Printer>[0]): string {
  const conditions = listOf(fieldsOf(object, 'status'), 'conditions');
  const isTrue = (type: string) => conditions.some((one) => one['type'] === type && one['status'] === 'True');
  if (isTrue('Complete')) return 'Complete';
  if (isTrue('Failed')) return 'Failed';
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (isTrue('Suspended')) return 'Suspended';
  if (isTrue('FailureTarget')) return 'FailureTarget';
  return isTrue('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function jobDuration(status: Record<string, unknown>, now: number): string {
  const start = textOf(status, 'startTime');
  if (start === '') return '';
  const end = textOf(status, 'completionTime');
  return formatDuration((end === '' ? now : Date.parse(end)) - Date.parse(start));
}

export const printCronJob: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const status = fieldsOf(object, 'status');
  const last = textOf(status, 'lastScheduleTime');
  return [
    nameOf(object),
    textOf(spec, 'schedule'),
    orNone(textOf(spec, 'timeZone')),
    spec['suspend'] === true ? 'True' : 'False',
    listOf(status, 'active').length,
    last === '' ? none : formatAge(last, now),
    ageOf(object, now),
    ...containersOf(fieldsOf(fieldsOf(fieldsOf(spec, 'jobTemplate'), 'spec'), 'template')),
    formatLabelSelector(fieldsOf(fieldsOf(fieldsOf(spec, 'jobTemplate'), 'spec'), 'selector')) || none,
  ];
};

export const printPodTemplate: Printer = (object) => {
  const template = fieldsOf(object, 'template');
  return [nameOf(object), ...containersOf(template), formatLabels(fieldsOf(fieldsOf(template, 'metadata'), 'labels'))];
};

export const printControllerRevision: Printer = (object, now) => {
  const owner = object.metadata.ownerReferences?.find((one) => one.controller === true);
  const group = owner?.apiVersion.includes('/') === true ? owner.apiVersion.split('/')[0] : '';
  const kind =
    owner === undefined ? none : `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group ?? ''}`}/${owner.name}`;
  return [nameOf(object), kind, numberOf(object, 'revision'), ageOf(object, now)];
};

export const printAutoscaler: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const target = fieldsOf(spec, 'scaleTargetRef');
  const minimum = spec['minReplicas'];
  return [
    nameOf(object),
    `${textOf(target, 'kind')}/${textOf(target, 'name')}`,
    autoscalerTargets(object),
    typeof minimum === 'number' ? String(minimum) : '<unset>',
    numberOf(spec, 'maxReplicas'),
    numberOf(fieldsOf(object, 'status'), 'currentReplicas'),
    ageOf(object, now),
  ];
};

function autoscalerTargets(object: Parameters<Printer>[0]): string {
  const spec = fieldsOf(object, 'spec');
  const current = listOf(fieldsOf(object, 'status'), 'currentMetrics');
  const old = spec['targetCPUUtilizationPercentage'];
  if (typeof old === 'number') {
    const usage = fieldsOf(object, 'status')['currentCPUUtilizationPercentage'];
    return `cpu: ${typeof usage === 'number' ? `${usage}%` : '<unknown>'}/${old}%`;
  }
  const texts = listOf(spec, 'metrics').map((metric, index) => {
    const resource = fieldsOf(metric, 'resource');
    const name = textOf(resource, 'name') || textOf(fieldsOf(fieldsOf(metric, 'pods'), 'metric'), 'name');
    const wanted = fieldsOf(resource, 'target');
    const seen = fieldsOf(fieldsOf(current[index], 'resource'), 'current');
    if (typeof wanted['averageUtilization'] === 'number') {
      const usage = typeof seen['averageUtilization'] === 'number' ? `${seen['averageUtilization']}%` : '<unknown>';
      return `${name}: ${usage}/${wanted['averageUtilization']}%`;
    }
    return `${name}: ${textOf(seen, 'averageValue') || '<unknown>'}/${textOf(wanted, 'averageValue')}`;
  });
  if (texts.length === 0) return none;
  return texts.length > 2 ? `${texts.slice(0, 2).join(', ')} + ${texts.length - 2} more...` : texts.join(', ');
}

export const printDisruptionBudget: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const amount = (value: unknown) => (value === undefined ? 'N/A' : asText(value));
  const allowed = numberOf(fieldsOf(object, 'status'), 'disruptionsAllowed');
  return [nameOf(object), amount(spec['minAvailable']), amount(spec['maxUnavailable']), allowed, ageOf(object, now)];
};
