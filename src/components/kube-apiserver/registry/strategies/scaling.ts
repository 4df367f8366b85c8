import type { KubeObject } from '#libs/kube';
import type { FieldError } from '../../answers/field-error.ts';
import { invalid, required } from '../../answers/field-error.ts';
import type { Strategy } from '../strategy.ts';
import { fieldsOf, textOf } from './fields.ts';

export const autoscalerStrategy: Partial<Strategy> = {
  validateCreate: checkAutoscaler,
  validateUpdate: checkAutoscaler,
};

function checkAutoscaler(object: KubeObject): FieldError[] {
  const spec = fieldsOf(object, 'spec');
  const errors: FieldError[] = [];
  const minimum = typeof spec['minReplicas'] === 'number' ? spec['minReplicas'] : 1;
  const maximum = typeof spec['maxReplicas'] === 'number' ? spec['maxReplicas'] : 0;
  if (minimum < 1) errors.push(invalid('spec.minReplicas', minimum, 'must be greater than or equal to 1'));
  if (maximum < 1) errors.push(required('spec.maxReplicas', 'must be set and greater than 0'));
  if (maximum < minimum)
    errors.push(invalid('spec.maxReplicas', maximum, 'must be greater than or equal to `minReplicas`'));
  const target = fieldsOf(spec, 'scaleTargetRef');
  if (textOf(target, 'kind') === '') errors.push(required('spec.scaleTargetRef.kind'));
  if (textOf(target, 'name') === '') errors.push(required('spec.scaleTargetRef.name'));
  const apiVersion = textOf(target, 'apiVersion');
  if (apiVersion === '')
    errors.push(invalid('spec.scaleTargetRef.apiVersion', apiVersion, 'apiVersion must specify API group'));
  return errors;
}

export const disruptionBudgetStrategy: Partial<Strategy> = { validateCreate: checkBudget, validateUpdate: checkBudget };

function checkBudget(object: KubeObject): FieldError[] {
  const { minAvailable, maxUnavailable, selector = null, unhealthyPodEvictionPolicy = null } = fieldsOf(object, 'spec');
  if (minAvailable === undefined || maxUnavailable === undefined) return [];
  const shown = {
    MinAvailable: minAvailable,
    Selector: selector,
    MaxUnavailable: maxUnavailable,
    UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy,
  };
  return [invalid('spec', shown, 'minAvailable and maxUnavailable cannot be both set')];
}
