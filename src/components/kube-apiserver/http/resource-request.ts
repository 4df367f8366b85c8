import type { ServerState } from '../operations/server-state.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { ApiRequest } from './api-request.ts';
import type { ResourcePath } from './request-info.ts';

/** A request that names a served resource. */
export interface ResourceRequest {
  readonly server: ServerState;
  readonly request: ApiRequest;
  readonly path: ResourcePath;
  readonly resource: ServedResource;
}

export function isWatch({ request, path }: Pick<ResourceRequest, 'request' | 'path'>): boolean {
  const watch = request.query.get('watch');
  return path.isWatch || watch === 'true' || watch === '1';
}

/** Kubernetes' verb for a request, as RBAC and discovery name it. */
export function verbOf({ request, path }: Pick<ResourceRequest, 'request' | 'path'>): string {
  switch (request.method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return path.name === '' ? 'deletecollection' : 'delete';
    default:
      if (isWatch({ request, path })) return 'watch';
      return path.name === '' ? 'list' : 'get';
  }
}
