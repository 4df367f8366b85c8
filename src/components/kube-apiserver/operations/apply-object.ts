import { isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';
import { AppliedInvalid, ApplyConflict, applyServerSide } from '#libs/kube/structured-merge';
import { badRequest, failure } from '../answers/api-errors.ts';
import { invalidObject, required } from '../answers/field-error.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { Entry } from '../storage/entry.ts';
import { applyAfterClientSide, refreshLastApplied } from './client-side-history.ts';
import { createObject } from './create-object.ts';
import { completeObject } from './decode-object.ts';
import type { PatchRequest, PatchResult } from './patch-object.ts';
import type { ServerState } from './server-state.ts';
import { formatTime } from './timestamps.ts';
import { updateObject } from './update-object.ts';

/** Server-side apply: merges what the manager says into the object, or creates it. */
export function applyObject(server: ServerState, request: PatchRequest, entry: Entry | undefined): PatchResult {
  const { resource, call, name, namespace, subresource } = request;
  const applied = checkApplied(request);
  const live = entry && resource.fromStorage(entry.object);
  const now = formatTime(server.clock.now());
  const { schema } = resource.schema();
  const attempt = (force: boolean) =>
    applyServerSide({ live, applied, manager: call.fieldManager, force, schema, now, subresource });
  const merged = merge(resource, applied, () => applyAfterClientSide({ attempt, live, request }));
  if (entry && !merged.changed) return { object: entry.object, created: false };
  // The configuration was checked field by field; what is merged holds no unknown ones.
  const object = completeObject(resource, merged.object);
  if (live) refreshLastApplied(object, applied, call.fieldManager);
  if (entry) {
    return {
      object: updateObject(server, { resource, entry, object, call, subresource, tracked: true, isPatch: true }),
      created: false,
    };
  }
  object.metadata.name = name;
  return { object: createObject(server, { resource, namespace, object, call, tracked: true }), created: true };
}

function checkApplied({ resource, patch, name, call }: PatchRequest): KubeObject {
  if (call.fieldManager === '') {
    throw invalidObject({ group: 'meta.k8s.io', kind: 'PatchOptions', name: '' }, [
      required('fieldManager', 'is required for apply patch'),
    ]);
  }
  const { apiVersion, kind, metadata } = isRecord(patch) ? patch : {};
  if (!isRecord(patch) || apiVersion !== resource.apiVersion || kind !== resource.kind) {
    const version = typeof apiVersion === 'string' ? apiVersion : '';
    const shown = version.includes('/') ? version : `/${version}`;
    throw badRequest(`invalid object type: ${shown}, Kind=${typeof kind === 'string' ? kind : ''}`);
  }
  const meta = isRecord(metadata) ? metadata : {};
  if (Array.isArray(meta['managedFields']) && meta['managedFields'].length > 0)
    throw badRequest('metadata.managedFields must be nil');
  if (typeof meta['name'] === 'string' && meta['name'] !== '' && meta['name'] !== name) {
    throw badRequest(`the name of the object (${meta['name']}) does not match the name on the URL (${name})`);
  }
  return { ...patch, apiVersion, kind, metadata: { ...meta, name } } as KubeObject;
}

function merge<T>(resource: ServedResource, applied: KubeObject, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ApplyConflict) {
      const causes = error.conflicts.map(({ message, field }) => ({ reason: 'FieldManagerConflict', message, field }));
      throw failure({ code: 409, reason: 'Conflict', message: error.message, details: { causes } });
    }
    if (!(error instanceof AppliedInvalid)) throw error;
    const { group, version, kind } = resource;
    const what = `${applied.metadata.namespace ?? ''}/${applied.metadata.name ?? ''}; ${group}/${version}, Kind=${kind}`;
    throw failure({ code: 500, message: `failed to create typed patch object (${what}): ${error.message}` });
  }
}
