import { failure, forbidden } from '../answers/api-errors.ts';
import type { ApiRequest } from '../http/api-request.ts';
import type { ResourcePath } from '../http/request-info.ts';
import { verbOf } from '../http/resource-request.ts';
import type { ServerState } from '../operations/server-state.ts';
import type { UserIdentity } from '../authentication/user-identity.ts';
import type { AccessAttributes } from './rules.ts';
import { decideAccess } from './rules.ts';

/** Lets a request pass or throws 403 with Kubernetes' sentence. */
export function authorize({ store }: ServerState, request: ApiRequest, path: ResourcePath | undefined): void {
  const { user } = request;
  if (user.groups.includes('system:masters')) return;
  const attributes = path && path.resource !== '' ? resourceAttributes(request, path) : pathAttributes(request);
  if (decideAccess(store, user, attributes).allowed) return;
  throw denied(user, attributes);
}

function resourceAttributes(request: ApiRequest, path: ResourcePath): AccessAttributes {
  const resource = path.subresource === '' ? path.resource : `${path.resource}/${path.subresource}`;
  // A namespace is in itself: roles in it may allow reading it.
  const namespace = path.resource === 'namespaces' && path.group === '' ? path.name : path.namespace;
  return {
    verb: verbOf({ request, path }),
    group: path.group,
    resource,
    namespace,
    name: path.name,
    path: request.path,
  };
}

function pathAttributes({ method, path }: ApiRequest): AccessAttributes {
  const verb = method === 'POST' ? 'post' : method === 'PUT' ? 'put' : method === 'DELETE' ? 'delete' : 'get';
  return { verb, group: '', resource: '', namespace: '', name: '', path };
}

/** Throws 403 unless the user may act as the other. */
export function authorizeImpersonation(
  { store }: Pick<ServerState, 'store'>,
  user: UserIdentity,
  wanted: UserIdentity,
): void {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(wanted.name);
  const asked: AccessAttributes = {
    verb: 'impersonate',
    group: '',
    resource: account ? 'serviceaccounts' : 'users',
    namespace: account?.[1] ?? '',
    name: account?.[2] ?? wanted.name,
    path: '',
  };
  const groups = account
    ? []
    : wanted.groups.filter((one) => one !== 'system:authenticated' && one !== 'system:unauthenticated');
  const all = [asked, ...groups.map((name) => ({ ...asked, resource: 'groups', namespace: '', name }))];
  const refused = all.find((one) => !decideAccess(store, user, one).allowed);
  if (refused) throw denied(user, refused);
}

function denied(user: UserIdentity, { verb, group, resource, namespace, name, path }: AccessAttributes): Error {
  if (resource === '') {
    const message = `forbidden: User "${user.name}" cannot ${verb} path "${path}"`;
    return failure({ code: 403, reason: 'Forbidden', message, details: {} });
  }
  const scope = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const why = `User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`;
  return forbidden({ group, resource: resource.split('/')[0] ?? resource }, name, { why });
}
