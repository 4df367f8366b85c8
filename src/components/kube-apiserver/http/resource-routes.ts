import { methodNotAllowed, noSuchResource } from '../answers/api-errors.ts';
import type { ServerState } from '../operations/server-state.ts';
import { handleSubresource } from '../subresources/handle-subresource.ts';
import { createVirtual, isVirtual } from '../subresources/virtual-resources.ts';
import type { ApiAnswer, ApiRequest } from './api-request.ts';
import type { ResourceRequest } from './resource-request.ts';
import { isWatch, verbOf } from './resource-request.ts';
import { handleGet, handleList, handleWatch } from './read-routes.ts';
import type { ResourcePath } from './request-info.ts';
import { handleCreate, handleDelete, handleDeleteCollection, handlePatch, handleUpdate } from './write-routes.ts';

/** Runs a request on a resource; undefined when the path is none of a served group version. Throws API errors. */
export async function handleResource(
  server: ServerState,
  request: ApiRequest,
  path: ResourcePath,
): Promise<ApiAnswer | undefined> {
  if (path.resource === '') return undefined;
  const resource = server.registry.find(path.group, path.version, path.resource);
  if (!resource) {
    if (server.registry.serves(path.group)) throw noSuchResource();
    return undefined;
  }
  const answer = await route({ server, request, path, resource });
  const deprecation = deprecations[resource.collection];
  return deprecation === undefined ? answer : withWarning(answer, deprecation);
}

/** What the real server says of kinds that have a successor. */
const deprecations: Readonly<Record<string, string>> = {
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
};

function withWarning(answer: ApiAnswer, text: string): ApiAnswer {
  const present = answer.headers['warning'] ?? [];
  const warning = [`299 - ${JSON.stringify(text)}`, ...(Array.isArray(present) ? present : [present])];
  return { ...answer, headers: { ...answer.headers, warning } };
}

function route(found: ResourceRequest): ApiAnswer | Promise<ApiAnswer> {
  const { path, resource } = found;
  if (path.subresource !== '') return handleSubresource(found);
  if (isVirtual(resource)) return createVirtual(found);
  if (!resource.verbs.includes(verbOf(found))) throw methodNotAllowed();
  return path.name === '' ? handleCollection(found) : handleObject(found);
}

function handleCollection(found: ResourceRequest): ApiAnswer | Promise<ApiAnswer> {
  switch (found.request.method) {
    case 'GET':
    case 'HEAD':
      return isWatch(found) ? handleWatch(found) : handleList(found);
    case 'POST':
      return handleCreate(found);
    case 'DELETE':
      return handleDeleteCollection(found);
    default:
      throw methodNotAllowed();
  }
}

function handleObject(found: ResourceRequest): ApiAnswer | Promise<ApiAnswer> {
  switch (found.request.method) {
    case 'GET':
    case 'HEAD':
      return isWatch(found) ? handleWatch(found) : handleGet(found);
    case 'PUT':
      return handleUpdate(found);
    case 'PATCH':
      return handlePatch(found);
    case 'DELETE':
      return handleDelete(found);
    default:
      throw methodNotAllowed();
  }
}
