import type { KubeObject } from '#libs/kube';
import type { UserIdentity } from '../authentication/user-identity.ts';
import type { ResourceRequest } from '../http/resource-request.ts';
import type { Fields } from '../registry/strategies/fields.ts';
import { fieldsOf, textOf } from '../registry/strategies/fields.ts';
import type { AccessAttributes } from './rules.ts';
import { decideAccess, rulesFor } from './rules.ts';

/** (Self|Local|)SubjectAccessReview: may somebody do something. */
export function reviewAccess({ server, request, path }: ResourceRequest, review: KubeObject): KubeObject {
  const spec = fieldsOf(review, 'spec');
  const user = review.kind === 'SelfSubjectAccessReview' ? request.user : namedUser(spec);
  const { allowed, reason } = decideAccess(server.store, user, attributesOf(spec, path.namespace));
  return { ...review, status: { allowed, ...(reason === '' ? {} : { reason }) } };
}

function namedUser(spec: Fields): UserIdentity {
  return { name: textOf(spec, 'user'), groups: Array.isArray(spec['groups']) ? (spec['groups'] as string[]) : [] };
}

function attributesOf(spec: Fields, namespace: string): AccessAttributes {
  const path = fieldsOf(spec, 'nonResourceAttributes');
  const resource = fieldsOf(spec, 'resourceAttributes');
  const subresource = textOf(resource, 'subresource');
  const plural = textOf(resource, 'resource');
  return {
    verb: textOf(resource, 'verb') || textOf(path, 'verb'),
    group: textOf(resource, 'group'),
    resource: subresource === '' ? plural : `${plural}/${subresource}`,
    namespace: textOf(resource, 'namespace') || namespace,
    name: textOf(resource, 'name'),
    path: textOf(path, 'path'),
  };
}

/** SelfSubjectRulesReview: all that the caller may do in a namespace. */
export function reviewRules({ server, request }: ResourceRequest, review: KubeObject): KubeObject {
  const namespace = textOf(fieldsOf(review, 'spec'), 'namespace');
  const resourceRules: unknown[] = [];
  const nonResourceRules: unknown[] = [];
  if (request.user.groups.includes('system:masters')) {
    resourceRules.push({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] });
    nonResourceRules.push({ verbs: ['*'], nonResourceURLs: ['*'] });
  }
  for (const { rule } of rulesFor(server.store, request.user, namespace)) {
    const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
    if (Array.isArray(resources) && resources.length > 0) {
      resourceRules.push({ verbs, apiGroups, resources, ...(resourceNames === undefined ? {} : { resourceNames }) });
    }
    if (Array.isArray(nonResourceURLs) && nonResourceURLs.length > 0) nonResourceRules.push({ verbs, nonResourceURLs });
  }
  return { ...review, metadata: {}, spec: {}, status: { resourceRules, nonResourceRules, incomplete: false } };
}
