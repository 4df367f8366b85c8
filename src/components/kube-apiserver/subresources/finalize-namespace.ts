import type { ApiAnswer } from '../http/api-request.ts';
import { parseCall } from '../http/call-options.ts';
import type { ResourceRequest } from '../http/resource-request.ts';
import { answerWritten, checkNames, decodeBody } from '../http/write-routes.ts';
import { getObject } from '../operations/get-object.ts';
import { fieldsOf } from '../registry/strategies/fields.ts';

/** The namespace controller's word that a namespace is empty: with its last finaliser the namespace goes. */
export function finalizeNamespace(found: ResourceRequest): ApiAnswer {
  const { server, request, resource, path } = found;
  const call = parseCall(request, 'UpdateOptions');
  const sent = decodeBody(found, call);
  checkNames(found, sent);
  const { object, key } = getObject(server, resource, path);
  const finalizers = fieldsOf(sent, 'spec')['finalizers'];
  const isEmpty = !Array.isArray(finalizers) || finalizers.length === 0;
  const next = { ...object, metadata: { ...object.metadata }, spec: isEmpty ? {} : { finalizers } };
  const collection = server.store.collection(resource.collection);
  const isDone =
    isEmpty && object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length === 0;
  if (isDone && !call.dryRun) server.store.remove(collection, { key, object: next });
  else if (!call.dryRun) server.store.put(collection, key, next);
  return answerWritten(found, next, { call });
}
