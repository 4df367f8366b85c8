import type { KubeObject, KubeStatus, PatchType } from '#libs/kube';
import { failure, unsupportedMediaType } from '../answers/api-errors.ts';
import { forbiddenField, invalidObject } from '../answers/field-error.ts';
import { contentTypeOf, encode } from '../answers/render-object.ts';
import { renderList } from '../answers/render-list.ts';
import { createObject } from '../operations/create-object.ts';
import type { CallContext } from '../operations/call-context.ts';
import { decodeObject } from '../operations/decode-object.ts';
import { deleteCollection } from '../operations/delete-collection.ts';
import { deleteObject, deletionAnswer } from '../operations/delete-object.ts';
import { getObject } from '../operations/get-object.ts';
import { patchObject } from '../operations/patch-object.ts';
import { updateObject } from '../operations/update-object.ts';
import { storageKey } from '../registry/served-resource.ts';
import { Entry } from '../storage/entry.ts';
import type { ApiAnswer } from './api-request.ts';
import { parseBoolean, parseCall, parseDeletion } from './call-options.ts';
import { mediaType, parseObjectBody, parseOptionsBody, parsePatchBody } from './parse-body.ts';
import { answerEntry, negotiateFor, selectionOf } from './read-routes.ts';
import type { ResourceRequest } from './resource-request.ts';

/** Answers a stored (or dry-run) object, with the warnings that it caused. */
export function answerWritten(
  found: ResourceRequest,
  object: KubeObject,
  { call, status = 200 }: { call: CallContext; status?: number },
): ApiAnswer {
  const { name = '', namespace = '', resourceVersion = '0' } = object.metadata;
  const key = storageKey(found.resource, namespace, name);
  const stored = found.server.store.collection(found.resource.collection).get(key);
  const entry = stored?.object === object ? stored : new Entry(key, object, Number(resourceVersion));
  return withWarnings(answerEntry(found, entry, status), call);
}

export function withWarnings(answer: ApiAnswer, { warnings }: CallContext): ApiAnswer {
  if (warnings.length === 0) return answer;
  const values = [...new Set(warnings)].map((text) => `299 - ${JSON.stringify(text)}`);
  return { ...answer, headers: { ...answer.headers, warning: values } };
}

export function decodeBody({ request, resource }: ResourceRequest, call: CallContext): KubeObject {
  const { value, duplicates } = parseObjectBody(request, resource.kind, call.fieldValidation !== 'Ignore');
  return decodeObject(resource, value, call, duplicates);
}

export function handleCreate(found: ResourceRequest): ApiAnswer {
  const { server, request, resource, path } = found;
  const call = parseCall(request, 'CreateOptions');
  const object = decodeBody(found, call);
  const namespace = path.namespace;
  return answerWritten(found, createObject(server, { resource, namespace, object, call }), { call, status: 201 });
}

export function handleUpdate(found: ResourceRequest): ApiAnswer {
  const { server, request, resource, path } = found;
  const call = parseCall(request, 'UpdateOptions');
  const object = decodeBody(found, call);
  const key = storageKey(resource, path.namespace, path.name);
  if (resource.strategy.createsOnUpdate && !server.store.collection(resource.collection).get(key)) {
    object.metadata.name ??= path.name;
    const created = createObject(server, { resource, namespace: path.namespace, object, call });
    return answerWritten(found, created, { call, status: 201 });
  }
  checkNames(found, object);
  const entry = getObject(server, resource, path);
  return answerWritten(found, updateObject(server, { resource, entry, object, call }), { call });
}

/** A body for another name is wrong even where neither exists. */
export function checkNames({ path }: ResourceRequest, { metadata }: KubeObject): void {
  if (metadata.name === undefined || metadata.name === '' || metadata.name === path.name) return;
  const message = `the name of the object (${metadata.name}) does not match the name on the URL (${path.name})`;
  throw failure({ code: 400, reason: 'BadRequest', message });
}

const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

export function patchTypeOf({ request, resource }: ResourceRequest): PatchType {
  const type = patchTypes[mediaType(request.contentType)];
  if (type !== undefined && (type !== 'strategic' || resource.builtin)) return type;
  if (type === undefined)
    throw failure({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} });
  throw unsupportedMediaType(Object.keys(patchTypes).filter((one) => one !== 'application/strategic-merge-patch+json'));
}

export function handlePatch(found: ResourceRequest): ApiAnswer {
  const { server, request, resource, path } = found;
  const type = patchTypeOf(found);
  const force = parseBoolean(request.query.get('force')) ?? false;
  if (type !== 'apply' && request.query.has('force')) {
    throw invalidObject({ group: 'meta.k8s.io', kind: 'PatchOptions', name: '' }, [
      forbiddenField('force', 'may not be specified for non-apply patch'),
    ]);
  }
  const parsed = parseCall(request, 'PatchOptions');
  // An apply without a manager is refused: the program's name would be a guess.
  const call = type === 'apply' ? { ...parsed, fieldManager: request.query.get('fieldManager') ?? '' } : parsed;
  const patch = parsePatchBody(request, type === 'apply', type === 'strategic');
  const { namespace, name } = path;
  const subresource = path.subresource === '' ? undefined : path.subresource;
  const { object, created } = patchObject(server, { resource, namespace, name, type, patch, force, call, subresource });
  return answerWritten(found, object, { call, status: created ? 201 : 200 });
}

export function handleDelete(found: ResourceRequest): ApiAnswer {
  const { server, request, resource, path } = found;
  const body = parseOptionsBody(request);
  const call = parseCall(request, 'DeleteOptions', body);
  const options = parseDeletion(request, body);
  const { namespace, name } = path;
  const result = deleteObject(server, { resource, namespace, name, options, call });
  const answer = deletionAnswer(resource, result);
  if (answer.kind === 'Status') return answerValue(found, answer);
  return answerWritten(found, result.object, { call, status: 200 });
}

export function answerValue(
  found: Pick<ResourceRequest, 'request'>,
  value: KubeStatus | KubeObject | object,
  status = 200,
): ApiAnswer {
  const form = negotiateFor(found);
  return { status, headers: { 'content-type': contentTypeOf(form) }, body: encode(value, form) };
}

export function handleDeleteCollection(found: ResourceRequest): ApiAnswer {
  const { server, request, resource } = found;
  const body = parseOptionsBody(request);
  const call = parseCall(request, 'DeleteOptions', body);
  const options = parseDeletion(request, body);
  const entries = deleteCollection(server, { resource, selection: selectionOf(found), options, call });
  const result = { entries, revision: server.store.revision };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: renderList(resource, result) };
}
