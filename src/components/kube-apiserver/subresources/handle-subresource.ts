import { methodNotAllowed, noSuchResource } from '../answers/api-errors.ts';
import type { ApiAnswer } from '../http/api-request.ts';
import { parseCall } from '../http/call-options.ts';
import { handleGet } from '../http/read-routes.ts';
import type { ResourceRequest } from '../http/resource-request.ts';
import { verbOf } from '../http/resource-request.ts';
import { answerWritten, checkNames, decodeBody, handlePatch } from '../http/write-routes.ts';
import { getObject } from '../operations/get-object.ts';
import { updateObject } from '../operations/update-object.ts';
import { bindPod } from './bind-pod.ts';
import { createToken } from './create-token.ts';
import { evictPod } from './evict-pod.ts';
import { finalizeNamespace } from './finalize-namespace.ts';
import { readPodLog } from './pod-log.ts';
import { refuseConnect } from './refuse-connect.ts';
import { handleScale } from './scale.ts';

type SubresourceHandler = (found: ResourceRequest) => ApiAnswer | Promise<ApiAnswer>;

/** One file per subresource; those that change the object itself share `handleObjectSubresource`. */
const handlers: Readonly<Record<string, SubresourceHandler>> = {
  status: handleObjectSubresource,
  approval: handleObjectSubresource,
  ephemeralcontainers: handleObjectSubresource,
  resize: handleObjectSubresource,
  scale: handleScale,
  binding: bindPod,
  eviction: evictPod,
  finalize: finalizeNamespace,
  token: createToken,
  log: readPodLog,
  exec: refuseConnect,
  attach: refuseConnect,
  portforward: refuseConnect,
  proxy: refuseConnect,
};

export function handleSubresource(found: ResourceRequest): ApiAnswer | Promise<ApiAnswer> {
  const { resource, path } = found;
  const served = resource.subresources.find(({ name }) => name === path.subresource);
  const handler = handlers[path.subresource];
  if (!served || !handler) throw noSuchResource();
  if (!served.verbs.includes(verbOf(found))) throw methodNotAllowed();
  return handler(found);
}

/** Get, update and patch of a part of the object itself. */
function handleObjectSubresource(found: ResourceRequest): ApiAnswer {
  const { server, request, resource, path } = found;
  if (request.method === 'GET') return handleGet(found);
  if (request.method === 'PATCH') return handlePatch(found);
  const call = parseCall(request, 'UpdateOptions');
  const object = decodeBody(found, call);
  checkNames(found, object);
  const entry = getObject(server, resource, path);
  return answerWritten(found, updateObject(server, { resource, entry, object, call, subresource: path.subresource }), {
    call,
  });
}
