import { badRequest, failure } from '../answers/api-errors.ts';
import type { ApiAnswer } from '../http/api-request.ts';
import type { ResourceRequest } from '../http/resource-request.ts';
import { getObject } from '../operations/get-object.ts';

/** exec, attach, port-forward and proxy need a running container; the simulated kubelet has none to connect to. */
export function refuseConnect(found: ResourceRequest): ApiAnswer {
  const { server, resource, path } = found;
  getObject(server, resource, path);
  if (path.subresource !== 'proxy') throw badRequest('Upgrade request required');
  throw failure({
    code: 503,
    reason: 'ServiceUnavailable',
    message: 'no endpoints available: the pods of this cluster are simulated',
  });
}
