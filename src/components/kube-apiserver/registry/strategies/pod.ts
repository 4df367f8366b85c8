import { cloneJson, deepEqual } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { FieldError } from '../../answers/field-error.ts';
import { forbiddenField, invalid } from '../../answers/field-error.ts';
import { admitPod } from '../../admission/admit-pod.ts';
import { checkPodSpec } from '../../validation/pod-spec.ts';
import { qosClassOf } from '../../validation/qos-class.ts';
import type { Strategy } from '../strategy.ts';
import type { Fields } from './fields.ts';
import { fieldsOf, listOf, textOf } from './fields.ts';

export const podStrategy: Partial<Strategy> = {
  admitCreate: admitPod,
  prepareCreate(pod) {
    pod['status'] = { phase: 'Pending', qosClass: qosClassOf(fieldsOf(pod, 'spec')) };
  },
  prepareStatus(next, old) {
    // The kubelet writes status only; what else it sends is ignored.
    next['spec'] = old['spec'];
    const { deletionTimestamp, ownerReferences } = old.metadata;
    if (deletionTimestamp === undefined) delete next.metadata.deletionTimestamp;
    if (ownerReferences === undefined) delete next.metadata.ownerReferences;
    else next.metadata.ownerReferences = ownerReferences;
    const status = fieldsOf(next, 'status');
    status['qosClass'] ??= qosClassOf(fieldsOf(next, 'spec'));
    next['status'] = status;
  },
  validateCreate: (pod) => checkPodSpec(fieldsOf(pod, 'spec'), 'spec'),
  validateUpdate: (next, old) => [...checkPodSpec(fieldsOf(next, 'spec'), 'spec'), ...checkPodChange(next, old)],
  gracePeriod(pod, asked) {
    const spec = fieldsOf(pod, 'spec');
    const wanted =
      asked ?? (typeof spec['terminationGracePeriodSeconds'] === 'number' ? spec['terminationGracePeriodSeconds'] : 30);
    if (textOf(spec, 'nodeName') === '') return 0;
    const phase = textOf(fieldsOf(pod, 'status'), 'phase');
    if (phase === 'Failed' || phase === 'Succeeded') return 0;
    return Math.max(0, wanted);
  },
};

const immutableText =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function checkPodChange(next: KubeObject, old: KubeObject): FieldError[] {
  const after = fieldsOf(next, 'spec');
  const before = fieldsOf(old, 'spec');
  if (listOf(after, 'containers').length !== listOf(before, 'containers').length) {
    return [forbiddenField('spec.containers', 'pod updates may not add or remove containers')];
  }
  if (!keepsTolerations(after, before)) {
    return [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
  }
  const deadline = after['activeDeadlineSeconds'];
  const deadlineBefore = before['activeDeadlineSeconds'];
  if (typeof deadlineBefore === 'number' && (typeof deadline !== 'number' || deadline > deadlineBefore)) {
    return [invalid('spec.activeDeadlineSeconds', deadline ?? null, `must be less than or equal to previous value`)];
  }
  return deepEqual(frozenPart(after), frozenPart(before)) ? [] : [forbiddenField('spec', immutableText)];
}

function keepsTolerations(after: Fields, before: Fields): boolean {
  const identity = ({ tolerationSeconds: _seconds, ...rest }: Fields) => rest;
  const present = listOf(after, 'tolerations').map(identity);
  return listOf(before, 'tolerations').every((one) => present.some((other) => deepEqual(other, identity(one))));
}

function frozenPart(spec: Fields): Fields {
  const copy = cloneJson(spec);
  delete copy['activeDeadlineSeconds'];
  delete copy['tolerations'];
  for (const container of [...listOf(copy, 'containers'), ...listOf(copy, 'initContainers')]) delete container['image'];
  return copy;
}
