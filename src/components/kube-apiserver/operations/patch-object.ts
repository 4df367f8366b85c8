import { asText } from '../registry/strategies/fields.ts';
import { isRecord } from '#base/json';
import { WindlassError } from '#base/errors';
import type { KubeObject, PatchType } from '#libs/kube';
import { KubeApiError } from '#libs/kube';
import type { JsonPatchOperation } from '#libs/kube/patch';
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch } from '#libs/kube/patch';
import { badRequest, failure, notFound } from '../answers/api-errors.ts';
import { invalid, invalidObject } from '../answers/field-error.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { storageKey } from '../registry/served-resource.ts';
import { applyObject } from './apply-object.ts';
import type { CallContext } from './call-context.ts';
import { decodeObject } from './decode-object.ts';
import type { ServerState } from './server-state.ts';
import { updateObject } from './update-object.ts';

export interface PatchRequest {
  readonly resource: ServedResource;
  readonly namespace: string;
  readonly name: string;
  readonly type: PatchType;
  /** Parsed. */
  readonly patch: unknown;
  readonly force: boolean;
  readonly call: CallContext;
  readonly subresource?: string | undefined;
}

export interface PatchResult {
  readonly object: KubeObject;
  readonly created: boolean;
}

/** Applies a patch of any type and answers the object at its stored version. */
export function patchObject(server: ServerState, request: PatchRequest): PatchResult {
  const { resource, namespace, name, call, subresource } = request;
  const entry = server.store.collection(resource.collection).get(storageKey(resource, namespace, name));
  if (request.type === 'apply') return applyObject(server, request, entry);
  if (!entry) throw notFound(resource, name);
  const current = resource.fromStorage(entry.object);
  const patched = patchDocument(request, current);
  const object = decodePatched(request, patched);
  return {
    object: updateObject(server, { resource, entry, object, call, subresource, isPatch: true }),
    created: false,
  };
}

/** The patched document, not yet checked against the kind. */
export function patchDocument({ type, patch, resource }: PatchRequest, current: KubeObject): unknown {
  try {
    if (type === 'json') return applyJsonPatch(current, patch as readonly JsonPatchOperation[]);
    if (!isRecord(patch))
      throw badRequest(
        'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
      );
    if (type === 'merge') return applyMergePatch(current, patch);
    return applyStrategicMergePatch(current, patch, resource.schema().schema);
  } catch (error) {
    if (!(error instanceof WindlassError) || error instanceof KubeApiError) throw error;
    if (type === 'json') throw rejected();
    throw invalidObject({ group: '', kind: ' ', name: '' }, [
      invalid('patch', `map${JSON.stringify(patch)}`, error.message),
    ]);
  }
}

function rejected(): KubeApiError {
  return failure({
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: {},
  });
}

/** A patched object that cannot be decoded is an error of the patch. */
function decodePatched({ resource, call, patch, type }: PatchRequest, patched: unknown): KubeObject {
  try {
    return decodeObject(resource, patched, call);
  } catch (error) {
    if (!(error instanceof KubeApiError) || error.httpStatus !== 400) throw error;
    const why = error.message.replace(/^.* cannot be handled as a \w+: /, '');
    const shown = type === 'strategic' ? `map${formatGoMap(patch)}` : JSON.stringify(patched);
    throw invalidObject({ group: '', kind: '', name: '' }, [invalid('patch', shown, why)]);
  }
}

function formatGoMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatGoMap).join(' ')}]`;
  if (!isRecord(value)) return asText(value);
  const pairs = Object.keys(value)
    .sort()
    .map((key) => {
      const inner = value[key];
      return `${key}:${isRecord(inner) ? 'map' : ''}${formatGoMap(inner)}`;
    });
  return `[${pairs.join(' ')}]`;
}
