import type { KubeObject, KubeStatus } from '#libs/kube';
import { conflict } from '../answers/api-errors.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { Entry } from '../storage/entry.ts';
import type { Removal } from '../storage/store.ts';
import type { CallContext } from './call-context.ts';
import { getObject } from './get-object.ts';
import type { ServerState } from './server-state.ts';
import { strategyContext } from './strategy-context.ts';
import { formatTime } from './timestamps.ts';

export interface DeletionOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan' | undefined;
  readonly orphanDependents?: boolean | undefined;
  readonly preconditions?:
    { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined } | undefined;
}

export interface DeleteRequest {
  readonly resource: ServedResource;
  readonly namespace: string;
  readonly name: string;
  readonly options: DeletionOptions;
  readonly call: CallContext;
}

export interface DeletionResult {
  /** The object's last or present state, at the stored version. */
  readonly object: KubeObject;
  /** False while finalizers or the grace period keep it. */
  readonly removed: boolean;
}

/** Deletes an object, or marks it and lets finalizers and the kubelet finish. Throws 404 and 409. */
export function deleteObject(server: ServerState, request: DeleteRequest): DeletionResult {
  const { resource, call, options } = request;
  const entry = getObject(server, resource, request);
  checkPreconditions(request, entry);
  const context = strategyContext(server, call);
  const grace = resource.strategy.gracePeriod?.(entry.object, options.gracePeriodSeconds) ?? 0;
  const finalizers = resource.strategy.ignoresPropagation
    ? (entry.object.metadata.finalizers ?? [])
    : finalizersAfter(resource, entry.object, options);
  const held = finalizers.length > 0 || grace > 0 || resource.strategy.prepareDelete !== undefined;
  if (!held) {
    // Where deletion can take time, its end is shown as one too.
    const last = resource.strategy.gracePeriod
      ? mark(entry.object, { finalizers, grace, now: context.now })
      : entry.object;
    return { object: remove(server, request, { key: entry.key, object: last }), removed: true };
  }
  const next = mark(entry.object, { finalizers, grace, now: context.now });
  resource.strategy.prepareDelete?.(next, context, entry.object);
  const changed = JSON.stringify(next.metadata) !== JSON.stringify(entry.object.metadata);
  if (!changed || call.dryRun) return { object: changed ? next : entry.object, removed: false };
  const stored = server.store.put(server.store.collection(resource.collection), entry.key, next);
  return { object: stored.object, removed: false };
}

function remove({ store }: ServerState, { resource, call }: DeleteRequest, { key, object }: Removal): KubeObject {
  return call.dryRun ? object : store.remove(store.collection(resource.collection), { key, object }).object;
}

interface Mark {
  readonly finalizers: readonly string[];
  readonly grace: number;
  readonly now: number;
}

function mark(object: KubeObject, { finalizers, grace, now }: Mark): KubeObject {
  const { finalizers: _old, ...kept } = object.metadata;
  const metadata = finalizers.length > 0 ? { ...kept, finalizers: [...finalizers] } : kept;
  const next: KubeObject = { ...object, metadata };
  const already = metadata.deletionTimestamp !== undefined;
  // A second delete can only shorten the grace period.
  if (already && grace >= (metadata.deletionGracePeriodSeconds ?? 0)) return next;
  metadata.deletionTimestamp = formatTime(now + grace * 1000);
  metadata.deletionGracePeriodSeconds = grace;
  if (!already && metadata.generation !== undefined) metadata.generation++;
  return next;
}

/** The propagation policy becomes a finalizer that the garbage collector works off. */
function finalizersAfter(
  { strategy }: ServedResource,
  { metadata }: KubeObject,
  options: DeletionOptions,
): readonly string[] {
  const present = metadata.finalizers ?? [];
  const policy = options.propagationPolicy ?? legacyPolicy(options) ?? strategy.defaultPropagation;
  if (policy === undefined) return present;
  const others = present.filter((one) => one !== 'orphan' && one !== 'foregroundDeletion');
  if (policy === 'Orphan') return [...others, 'orphan'];
  if (policy === 'Foreground') return [...others, 'foregroundDeletion'];
  return others;
}

function legacyPolicy({ orphanDependents }: DeletionOptions): DeletionOptions['propagationPolicy'] {
  if (orphanDependents === undefined) return undefined;
  return orphanDependents ? 'Orphan' : 'Background';
}

function checkPreconditions(
  { resource, name, options: { preconditions } }: DeleteRequest,
  { object, revision }: Entry,
): void {
  const uid = object.metadata.uid ?? '';
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    // Namespaces and definitions are checked elsewhere, with other words.
    if (resource.strategy.prepareDelete) {
      throw conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${uid}`,
      );
    }
    const why = `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    throw conflict({ group: resource.group, resource: resource.kind }, name, why);
  }
  const version = preconditions?.resourceVersion;
  if (version !== undefined && version !== String(revision)) {
    const why = `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${revision}). The object might have been modified`;
    throw conflict({ group: resource.group, resource: resource.kind }, name, why);
  }
}

/** What a delete answers: the object while it stays (or for kinds that always do), else a Status. */
export function deletionAnswer(resource: ServedResource, { object, removed }: DeletionResult): KubeObject | KubeStatus {
  if (!removed || resource.strategy.deleteAnswersObject === true) return resource.fromStorage(object);
  const { name = '', uid = '' } = object.metadata;
  const details = { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.resource, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
