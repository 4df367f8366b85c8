import { getPath, isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';
import { applyJsonPatch, applyMergePatch } from '#libs/kube/patch';
import type { JsonPatchOperation } from '#libs/kube/patch';
import { badRequest, conflict, modifiedMeanwhile } from '../answers/api-errors.ts';
import { invalid, invalidObject } from '../answers/field-error.ts';
import type { ApiAnswer } from '../http/api-request.ts';
import { parseCall } from '../http/call-options.ts';
import { parseObjectBody, parsePatchBody } from '../http/parse-body.ts';
import type { ResourceRequest } from '../http/resource-request.ts';
import { answerValue, patchTypeOf } from '../http/write-routes.ts';
import { getObject } from '../operations/get-object.ts';
import { updateObject } from '../operations/update-object.ts';
import { formatLabelSelector } from '../validation/selectors.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { fieldsOf } from '../registry/strategies/fields.ts';

export interface Scale extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly replicas: number; readonly selector?: string };
}

/** autoscaling/v1 Scale of whatever has replicas. */
export function handleScale(found: ResourceRequest): ApiAnswer {
  const { server, request, resource, path } = found;
  const entry = getObject(server, resource, path);
  const current = scaleOf(resource, entry.object);
  if (request.method === 'GET') return answerValue(found, current);
  const call = parseCall(request, request.method === 'PUT' ? 'UpdateOptions' : 'PatchOptions');
  const wanted =
    request.method === 'PUT' ? parseObjectBody(request, 'Scale', false).value : patchedScale(found, current);
  if (!isRecord(wanted)) throw badRequest('the object provided is unrecognized (must be of type Scale)');
  const replicas = getPath(wanted, 'spec', 'replicas') ?? 0;
  checkScale(found, wanted, entry.revision);
  if (typeof replicas !== 'number' || replicas < 0) {
    const why = 'must be greater than or equal to 0';
    throw invalidObject({ group: 'autoscaling', kind: 'Scale', name: path.name }, [
      invalid('spec.replicas', replicas, why),
    ]);
  }
  const object = withReplicas(resource, resource.fromStorage(entry.object), replicas);
  const stored = updateObject(server, { resource, entry, object, call, subresource: 'scale' });
  return answerValue(found, scaleOf(resource, stored));
}

function patchedScale(found: ResourceRequest, current: Scale): unknown {
  const type = patchTypeOf(found);
  const patch = parsePatchBody(found.request, type === 'apply', false);
  return type === 'json'
    ? applyJsonPatch(current, patch as readonly JsonPatchOperation[])
    : applyMergePatch(current, patch);
}

function checkScale(
  { path, resource }: ResourceRequest,
  wanted: Readonly<Record<string, unknown>>,
  revision: number,
): void {
  const { name, resourceVersion } = fieldsOf(wanted, 'metadata');
  if (typeof name === 'string' && name !== path.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${path.name})`);
  }
  if (typeof resourceVersion === 'string' && resourceVersion !== '' && resourceVersion !== String(revision)) {
    throw conflict(resource, path.name, modifiedMeanwhile);
  }
}

export function scaleOf(resource: ServedResource, object: KubeObject): Scale {
  const { name = '', namespace, uid = '', resourceVersion = '', creationTimestamp = null } = object.metadata;
  const traits = resource.custom?.scale;
  const replicas = numberAt(object, traits?.specReplicasPath ?? '.spec.replicas');
  const current = numberAt(object, traits?.statusReplicasPath ?? '.status.replicas') ?? 0;
  const selector = selectorOf(resource, object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: replicas === undefined || replicas === 0 ? {} : { replicas },
    status: { replicas: current, ...(selector === '' ? {} : { selector }) },
  };
}

function selectorOf({ custom, kind }: ServedResource, object: KubeObject): string {
  if (custom) {
    const path = custom.scale?.labelSelectorPath;
    const value = path === undefined ? undefined : getPath(object, ...steps(path));
    return typeof value === 'string' ? value : '';
  }
  const selector = fieldsOf(fieldsOf(object, 'spec'), 'selector');
  return formatLabelSelector(kind === 'ReplicationController' ? { matchLabels: selector } : selector);
}

function numberAt(object: KubeObject, path: string): number | undefined {
  const value = getPath(object, ...steps(path));
  return typeof value === 'number' ? value : undefined;
}

function steps(path: string): readonly string[] {
  return path.split('.').filter((one) => one !== '');
}

function withReplicas(resource: ServedResource, object: KubeObject, replicas: number): KubeObject {
  const path = steps(resource.custom?.scale?.specReplicasPath ?? '.spec.replicas');
  return setAt({ ...object, metadata: { ...object.metadata } }, path, replicas) as KubeObject;
}

function setAt(
  owner: Readonly<Record<string, unknown>>,
  [step = '', ...rest]: readonly string[],
  value: number,
): Record<string, unknown> {
  const inner = owner[step];
  return { ...owner, [step]: rest.length === 0 ? value : setAt(isRecord(inner) ? inner : {}, rest, value) };
}
