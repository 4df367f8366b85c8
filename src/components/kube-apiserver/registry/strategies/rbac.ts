import { deepEqual } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { FieldError } from '../../answers/field-error.ts';
import { invalid, notSupported, required } from '../../answers/field-error.ts';
import type { Strategy } from '../strategy.ts';
import type { Fields } from './fields.ts';
import { fieldsOf, listOf, textOf } from './fields.ts';

export const rbacRoleStrategy: Partial<Strategy> = {
  nameRule: 'path-segment',
  validateCreate: checkRole,
  validateUpdate: checkRole,
};

function checkRole(role: KubeObject): FieldError[] {
  const isNamespaced = role.kind === 'Role';
  return listOf(role, 'rules').flatMap((rule, index) => checkRule(rule, { field: `rules[${index}]`, isNamespaced }));
}

function checkRule(rule: Fields, { field, isNamespaced }: { field: string; isNamespaced: boolean }): FieldError[] {
  const count = (name: string) => (Array.isArray(rule[name]) ? (rule[name] as unknown[]).length : 0);
  const errors: FieldError[] = [];
  if (count('verbs') === 0) errors.push(required(`${field}.verbs`, 'verbs must contain at least one value'));
  if (count('nonResourceURLs') > 0) {
    if (isNamespaced)
      errors.push(
        invalid(
          `${field}.nonResourceURLs`,
          rule['nonResourceURLs'],
          'namespaced rules cannot apply to non-resource URLs',
        ),
      );
    if (count('apiGroups') + count('resources') + count('resourceNames') > 0) {
      errors.push(
        invalid(
          `${field}.nonResourceURLs`,
          rule['nonResourceURLs'],
          'rules cannot apply to both regular resources and non-resource URLs',
        ),
      );
    }
    return errors;
  }
  if (count('apiGroups') === 0)
    errors.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
  if (count('resources') === 0)
    errors.push(required(`${field}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}

const subjectKinds = ['ServiceAccount', 'User', 'Group'];

export const rbacBindingStrategy: Partial<Strategy> = {
  nameRule: 'path-segment',
  validateCreate: checkBinding,
  validateUpdate(next, old) {
    if (deepEqual(next['roleRef'], old['roleRef'])) return checkBinding(next);
    const { apiGroup, kind, name } = fieldsOf(next, 'roleRef');
    return [
      ...checkBinding(next),
      invalid('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef'),
    ];
  },
};

function checkBinding(binding: KubeObject): FieldError[] {
  const role = fieldsOf(binding, 'roleRef');
  const kinds = binding.kind === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  const errors: FieldError[] = [];
  if (textOf(role, 'apiGroup') !== 'rbac.authorization.k8s.io') {
    errors.push(notSupported('roleRef.apiGroup', textOf(role, 'apiGroup'), ['rbac.authorization.k8s.io']));
  }
  if (!kinds.includes(textOf(role, 'kind'))) errors.push(notSupported('roleRef.kind', textOf(role, 'kind'), kinds));
  if (textOf(role, 'name') === '') errors.push(required('roleRef.name'));
  listOf(binding, 'subjects').forEach((subject, index) => errors.push(...checkSubject(subject, `subjects[${index}]`)));
  return errors;
}

function checkSubject(subject: Fields, field: string): FieldError[] {
  const kind = textOf(subject, 'kind');
  const errors: FieldError[] = [];
  if (textOf(subject, 'name') === '') errors.push(required(`${field}.name`));
  if (!subjectKinds.includes(kind)) errors.push(notSupported(`${field}.kind`, kind, subjectKinds));
  return errors;
}
