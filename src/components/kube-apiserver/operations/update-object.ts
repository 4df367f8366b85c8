import { cloneJson, deepEqual } from '#base/json';
import type { KubeObject } from '#libs/kube';
import { badRequest, conflict, failure, modifiedMeanwhile } from '../answers/api-errors.ts';
import { invalid, invalidObject } from '../answers/field-error.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { Entry } from '../storage/entry.ts';
import { checkObjectMetaUpdate } from '../validation/object-meta.ts';
import type { CallContext } from './call-context.ts';
import { settleNamespace } from './decode-object.ts';
import { isUnchanged } from './is-unchanged.ts';
import type { ServerState } from './server-state.ts';
import { strategyContext } from './strategy-context.ts';
import { formatTime } from './timestamps.ts';
import { trackFields } from './track-fields.ts';

export interface UpdateRequest {
  readonly resource: ServedResource;
  readonly entry: Entry;
  /** Decoded, at the resource's version; changed by the operation. */
  readonly object: KubeObject;
  readonly call: CallContext;
  readonly subresource?: string | undefined;
  /** Server-side apply has its managed fields already. */
  readonly tracked?: boolean;
  /** Patches carry a resourceVersion only when they mean it. */
  readonly isPatch?: boolean;
}

/** Replaces an object (or its status) and answers what is stored then. A change of nothing writes nothing. */
export function updateObject(server: ServerState, request: UpdateRequest): KubeObject {
  const { resource, entry, object, call, subresource } = request;
  const { strategy } = resource;
  const context = strategyContext(server, call);
  const old = entry.object;
  settleNamespace(resource, object, old.metadata.namespace ?? '');
  checkName(object, old);
  checkVersion(request);
  const oldVersioned = resource.fromStorage(old);
  carryMetadata(object, old);
  const shaped = shapeForSubresource(request, oldVersioned);
  strategy.beforeTracking?.(shaped, oldVersioned);
  const managed = request.tracked
    ? shaped
    : trackFields({ resource, before: oldVersioned, after: shaped, subresource, now: formatTime(context.now) }, call);
  const stored = resource.toStorage(managed);
  // Hooks write into the object, which may share parts with the stored one.
  const next = strategy.prepareUpdate || strategy.prepareStatus ? cloneJson(stored) : stored;
  if (subresource === 'status') strategy.prepareStatus?.(next, old, context);
  else strategy.prepareUpdate?.(next, old, context);
  if (subresource !== 'status') raiseGeneration(resource, next, old);
  validateChange(request, next, context);
  if (isUnchanged(old, next)) return old;
  return write(server, request, next);
}

function checkName({ metadata }: KubeObject, old: KubeObject): void {
  if (metadata.name === undefined || metadata.name === '') metadata.name = old.metadata.name ?? '';
  if (metadata.name === old.metadata.name) return;
  throw badRequest(
    `the name of the object (${metadata.name}) does not match the name on the URL (${old.metadata.name ?? ''})`,
  );
}

function checkVersion({ resource, entry, object, isPatch }: UpdateRequest): void {
  const { metadata } = object;
  const name = metadata.name ?? '';
  if (metadata.uid && metadata.uid !== entry.object.metadata.uid) {
    if (isPatch)
      throw invalidObject({ ...resource, name }, [invalid('metadata.uid', metadata.uid, 'field is immutable')]);
    const why = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${entry.object.metadata.uid ?? ''}`;
    throw conflict(resource, name, why);
  }
  const sent = metadata.resourceVersion ?? '';
  if (sent === '') {
    if (isPatch || resource.strategy.unconditionalUpdate) return;
    throw invalidObject({ group: resource.group, kind: resource.resource, name }, [
      invalid('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  }
  if (!/^\d+$/.test(sent))
    throw failure({ code: 400, reason: 'BadRequest', message: `invalid resource version ${JSON.stringify(sent)}` });
  if (Number(sent) !== entry.revision) throw conflict(resource, name, modifiedMeanwhile);
}

/** What a client cannot set comes from the stored object. */
function carryMetadata({ metadata }: KubeObject, { metadata: old }: KubeObject): void {
  for (const field of [
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
    'resourceVersion',
  ] as const) {
    if (old[field] === undefined) delete metadata[field];
    else (metadata as Record<string, unknown>)[field] = old[field];
  }
  delete metadata['selfLink'];
  if (metadata.managedFields === undefined && old.managedFields) metadata.managedFields = old.managedFields;
}

/** A main update keeps the status, a status update keeps everything else. */
function shapeForSubresource({ resource, object, subresource }: UpdateRequest, old: KubeObject): KubeObject {
  if (subresource === undefined) {
    if (!resource.strategy.hasStatus) return object;
    const { status: _status, ...rest } = object;
    return old['status'] === undefined ? (rest as KubeObject) : { ...(rest as KubeObject), status: old['status'] };
  }
  if (subresource !== 'status') return object;
  const metadata =
    resource.builtin && resource.strategy.statusKeepsMetadata !== true
      ? object.metadata
      : { ...old.metadata, managedFields: object.metadata.managedFields ?? old.metadata.managedFields ?? [] };
  const { status: _status, ...kept } = old;
  return { ...(kept as KubeObject), metadata, ...(object['status'] === undefined ? {} : { status: object['status'] }) };
}

function raiseGeneration({ strategy }: ServedResource, next: KubeObject, old: KubeObject): void {
  if (!strategy.hasGeneration) return;
  const { metadata: nextMeta, status: nextStatus, ...nextRest } = next;
  const { metadata: oldMeta, status: oldStatus, ...oldRest } = old;
  const changed = strategy.hasStatus
    ? !deepEqual(nextRest, oldRest)
    : !deepEqual({ ...nextRest, status: nextStatus }, { ...oldRest, status: oldStatus });
  const counted = strategy.countsMetadata;
  const isMarked = counted !== undefined && !deepEqual(nextMeta[counted] ?? {}, oldMeta[counted] ?? {});
  next.metadata.generation = (old.metadata.generation ?? 1) + (changed || isMarked ? 1 : 0);
}

function validateChange(
  { resource, entry, subresource }: UpdateRequest,
  next: KubeObject,
  context: ReturnType<typeof strategyContext>,
): void {
  const { strategy } = resource;
  const old = entry.object;
  const own = subresource === 'status' ? strategy.validateStatus : strategy.validateUpdate;
  const errors = [
    ...checkObjectMetaUpdate(next, old, resource),
    ...(resource.builtin ? [] : resource.schema().validate(next, old)),
    ...(own?.(next, old, context) ?? []),
  ];
  if (errors.length > 0) throw invalidObject({ ...resource, name: next.metadata.name ?? '' }, errors);
}

function write({ store }: ServerState, { resource, entry, call }: UpdateRequest, next: KubeObject): KubeObject {
  if (call.dryRun) return next;
  const collection = store.collection(resource.collection);
  if (isFinished(resource, next)) return store.remove(collection, { key: entry.key, object: next }).object;
  return store.put(collection, entry.key, next).object;
}

/** An object that waits for deletion goes when its last finalizer does. */
function isFinished(resource: ServedResource, { metadata, ...rest }: KubeObject): boolean {
  if (metadata.deletionTimestamp === undefined || (metadata.finalizers?.length ?? 0) > 0) return false;
  if ((metadata.deletionGracePeriodSeconds ?? 0) > 0) return false;
  if (resource.collection !== 'namespaces') return true;
  const spec = rest['spec'] as { finalizers?: readonly string[] } | undefined;
  return (spec?.finalizers?.length ?? 0) === 0;
}
