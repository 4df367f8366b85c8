import type { KubeObject } from '#libs/kube';
import type { UserIdentity } from '../authentication/user-identity.ts';
import type { Fields } from '../registry/strategies/fields.ts';
import { fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';
import type { Store } from '../storage/store.ts';
import { matchesLabelSelector } from '../validation/selectors.ts';

/** What somebody wants to do. */
export interface AccessAttributes {
  readonly verb: string;
  readonly group: string;
  /** Plural, with "/subresource" when there is one; empty for a path that is no resource. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
}

/** A rule with the binding that grants it. */
export interface GrantedRule {
  readonly rule: Fields;
  readonly binding: string;
}

const rbac = 'rbac.authorization.k8s.io';

/** All rules that bindings give a user, cluster-wide ones first, then those of the namespace. */
export function* rulesFor(store: Store, user: UserIdentity, namespace: string): Generator<GrantedRule> {
  for (const { object } of store.collection(`clusterrolebindings.${rbac}`).range(undefined)) {
    const subject = listOf(object, 'subjects').find((one) => isSubject(one, user, ''));
    if (!subject) continue;
    const { name = '' } = object.metadata;
    const role = fieldsOf(object, 'roleRef');
    const binding = `ClusterRoleBinding "${name}" of ClusterRole "${textOf(role, 'name')}" to ${describe(subject)}`;
    yield* rulesOf(clusterRole(store, textOf(role, 'name')), store, binding);
  }
  if (namespace === '') return;
  for (const { object } of store.collection(`rolebindings.${rbac}`).range(namespace)) {
    const subject = listOf(object, 'subjects').find((one) => isSubject(one, user, namespace));
    if (!subject) continue;
    const { name = '' } = object.metadata;
    const reference = fieldsOf(object, 'roleRef');
    const kind = textOf(reference, 'kind');
    const roleName = textOf(reference, 'name');
    const role =
      kind === 'ClusterRole'
        ? clusterRole(store, roleName)
        : store.collection(`roles.${rbac}`).get(`${namespace}/${roleName}`)?.object;
    yield* rulesOf(role, store, `RoleBinding "${name}/${namespace}" of ${kind} "${roleName}" to ${describe(subject)}`);
  }
}

function clusterRole(store: Store, name: string): KubeObject | undefined {
  return store.collection(`clusterroles.${rbac}`).get(name)?.object;
}

function describe(subject: Fields): string {
  const kind = textOf(subject, 'kind');
  const name = textOf(subject, 'name');
  return kind === 'ServiceAccount' ? `ServiceAccount "${name}/${textOf(subject, 'namespace')}"` : `${kind} "${name}"`;
}

/** A role's rules; those of an aggregated role come from the roles that it selects. */
function* rulesOf(role: KubeObject | undefined, store: Store, binding: string): Generator<GrantedRule> {
  if (!role) return;
  for (const rule of listOf(role, 'rules')) yield { rule, binding };
  const selectors = listOf(fieldsOf(role, 'aggregationRule'), 'clusterRoleSelectors');
  if (selectors.length === 0) return;
  for (const { object } of store.collection(`clusterroles.${rbac}`).range(undefined)) {
    if (object === role || !selectors.some((one) => matchesLabelSelector(one, object.metadata.labels ?? {}))) continue;
    for (const rule of listOf(object, 'rules')) yield { rule, binding };
  }
}

function isSubject(subject: Fields, user: UserIdentity, namespace: string): boolean {
  const name = textOf(subject, 'name');
  switch (textOf(subject, 'kind')) {
    case 'User':
      return name === user.name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount':
      return user.name === `system:serviceaccount:${textOf(subject, 'namespace') || namespace}:${name}`;
    default:
      return false;
  }
}

export function allows(rule: Fields, attributes: AccessAttributes): boolean {
  const list = (name: string) => (Array.isArray(rule[name]) ? (rule[name] as string[]) : []);
  const has = (name: string, wanted: string) => list(name).some((one) => one === '*' || one === wanted);
  if (!has('verbs', attributes.verb)) return false;
  if (attributes.resource === '') return list('nonResourceURLs').some((one) => matchesPath(one, attributes.path));
  if (!has('apiGroups', attributes.group) || !allowsResource(list('resources'), attributes.resource)) return false;
  const names = list('resourceNames');
  return names.length === 0 || names.includes(attributes.name);
}

function allowsResource(resources: readonly string[], wanted: string): boolean {
  const slash = wanted.indexOf('/');
  const any = slash < 0 ? undefined : `*${wanted.slice(slash)}`;
  return resources.some((one) => one === '*' || one === wanted || one === any);
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
}

export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

/** RBAC's answer; masters may do everything. */
export function decideAccess(store: Store, user: UserIdentity, attributes: AccessAttributes): Decision {
  if (user.groups.includes('system:masters')) return { allowed: true, reason: '' };
  for (const { rule, binding } of rulesFor(store, user, attributes.namespace)) {
    if (allows(rule, attributes)) return { allowed: true, reason: `RBAC: allowed by ${binding}` };
  }
  return { allowed: false, reason: '' };
}
