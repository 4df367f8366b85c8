import { isIP } from 'node:net';
import type { KubeObject } from '#libs/kube';
import type { FieldError } from '../../answers/field-error.ts';
import { invalid, notSupported, required } from '../../answers/field-error.ts';
import { checkName } from '../../validation/names.ts';
import type { Strategy } from '../strategy.ts';
import type { Fields } from './fields.ts';
import { fieldsOf, listOf, textOf } from './fields.ts';

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];

export const ingressStrategy: Partial<Strategy> = { validateCreate: checkIngress, validateUpdate: checkIngress };

function checkIngress(object: KubeObject): FieldError[] {
  const spec = fieldsOf(object, 'spec');
  const rules = listOf(spec, 'rules');
  const errors: FieldError[] = [];
  if (rules.length === 0 && spec['defaultBackend'] === undefined) {
    errors.push(
      invalid(
        'spec',
        object['spec'] === undefined || rules.length === 0 ? null : spec,
        'either `defaultBackend` or `rules` must be specified',
      ),
    );
  }
  rules.forEach((rule, index) => errors.push(...checkRule(rule, `spec.rules[${index}]`)));
  const className = textOf(spec, 'ingressClassName');
  if (className !== '')
    errors.push(...checkName('subdomain', className).map((why) => invalid('spec.ingressClassName', className, why)));
  return errors;
}

function checkRule(rule: Fields, field: string): FieldError[] {
  const host = textOf(rule, 'host');
  const errors: FieldError[] = [];
  if (host !== '') {
    if (isIP(host) !== 0) errors.push(invalid(`${field}.host`, host, 'must be a DNS name, not an IP address'));
    else
      errors.push(
        ...checkName('subdomain', host.replace(/^\*\./, '')).map((why) => invalid(`${field}.host`, host, why)),
      );
  }
  const paths = listOf(fieldsOf(rule, 'http'), 'paths');
  if (rule['http'] !== undefined && paths.length === 0) errors.push(required(`${field}.http.paths`));
  paths.forEach((path, index) => errors.push(...checkPath(path, `${field}.http.paths[${index}]`)));
  return errors;
}

function checkPath(path: Fields, field: string): FieldError[] {
  const type = textOf(path, 'pathType');
  const errors: FieldError[] = [];
  if (type === '') return [required(`${field}.pathType`, 'pathType must be specified')];
  if (!pathTypes.includes(type)) errors.push(notSupported(`${field}.pathType`, type, pathTypes));
  const text = textOf(path, 'path');
  if (type !== 'ImplementationSpecific' && pathTypes.includes(type) && !text.startsWith('/')) {
    errors.push(invalid(`${field}.path`, text, 'must be an absolute path'));
  }
  const backend = fieldsOf(path, 'backend');
  const service = fieldsOf(backend, 'service');
  if (backend['service'] === undefined && backend['resource'] === undefined) {
    errors.push(invalid(`${field}.backend`, '', 'resource or service backend is required'));
  } else if (backend['service'] !== undefined) {
    const port = fieldsOf(service, 'port');
    if (textOf(service, 'name') === '') errors.push(required(`${field}.backend.service.name`));
    if (port['name'] === undefined && port['number'] === undefined)
      errors.push(required(`${field}.backend`, 'port name or number is required'));
  }
  return errors;
}

const policyTypes = ['Ingress', 'Egress'];

export const networkPolicyStrategy: Partial<Strategy> = {
  validateCreate: checkNetworkPolicy,
  validateUpdate: checkNetworkPolicy,
};

function checkNetworkPolicy(object: KubeObject): FieldError[] {
  const spec = fieldsOf(object, 'spec');
  const errors: FieldError[] = [];
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    listOf(spec, direction).forEach((rule, index) =>
      listOf(rule, peers).forEach((peer, at) => {
        if (Object.keys(peer).length === 0)
          errors.push(required(`spec.${direction}[${index}].${peers}[${at}]`, 'must specify a peer'));
      }),
    );
  }
  const types = Array.isArray(spec['policyTypes']) ? (spec['policyTypes'] as string[]) : [];
  types.forEach((type, index) => {
    if (!policyTypes.includes(type)) errors.push(notSupported(`spec.policyTypes[${index}]`, type, policyTypes));
  });
  return errors;
}
