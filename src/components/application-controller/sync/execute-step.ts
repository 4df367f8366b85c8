import { finalizers as knownFinalizers } from '#core/api';
import { clientSideManager, fieldManager, migrateManagedFields } from '#core/engine';
import type { Step, StepOutcome, SyncTask } from '#core/engine';
import type { ApiResource, GroupVersionKind, KubeObject } from '#libs/kube';
import { KubeApiError, formatApiVersion, isAlreadyExists, isConflict, isNotFound } from '#libs/kube';
import { atFailpoint } from '../failpoint.ts';
import type { WriteName } from '../failpoint.ts';
import { applyRefusal } from './apply-refusal.ts';
import { scopeOf } from './step-context.ts';
import type { StepContext } from './step-context.ts';
import { waitForEstablished, waitUntilGone } from './wait-for.ts';

/** Which operation made a hook's object; the engine sets it. */
const operationMark = 'windlass.dev/operation';

/** Carries out one step; what the server refuses is an outcome, what cannot be asked (no answer, no leadership) is thrown. */
export async function executeStep(step: Step, context: StepContext): Promise<StepOutcome | undefined> {
  try {
    switch (step.type) {
      case 'apply':
        return await applyTask(step.task, context);
      case 'prune':
        await remove(step.task, step.uid, step.task.propagation, context, 'prune');
        return { type: 'pruned' };
      case 'delete-hook':
        await remove(step, step.uid, step.propagation, context, 'delete-hook');
        return undefined;
      default:
        await releaseHook(step, context);
        return undefined;
    }
  } catch (error) {
    if (step.type !== 'apply' && step.type !== 'prune') throw error;
    if (!(error instanceof KubeApiError) || context.signal.aborted) throw error;
    return { type: 'failed', message: await applyRefusal(error, step.task, context) };
  }
}

async function applyTask(task: SyncTask, context: StepContext): Promise<StepOutcome> {
  const type = await endpointOf({ ...task.key, version: task.version }, context);
  if (type === undefined) return { type: 'failed', message: notServed(task) };
  const desired = task.desired as KubeObject;
  if (task.action === 'create') return create(type, desired, context);
  if (task.action === 'replace') return replace(type, task, desired, context);
  const outcome = await applyServerSide(type, task, desired, context);
  if (desired.kind === 'CustomResourceDefinition') await waitForEstablished(type, desired, context);
  return outcome;
}

async function applyServerSide(
  type: ApiResource,
  task: SyncTask,
  desired: KubeObject,
  context: StepContext,
): Promise<StepOutcome> {
  const { cluster, failpoint, signal } = context;
  const live = context.live(task.key);
  if (live !== undefined && task.migratesManagers.length > 0) await migrate(type, live, task.migratesManagers, context);
  try {
    const applied = await atFailpoint(failpoint, 'apply', () =>
      cluster.client.patch(type, task.key.name, desired, {
        type: 'apply',
        force: true,
        fieldManager,
        fieldValidation: 'Ignore',
        ...scopeOf(task.key),
        signal,
      }),
    );
    cluster.observe(applied);
    return { type: 'applied', verb: verbOf(live, applied) };
  } catch (error) {
    if (!task.isForced || live === undefined || !isImmutable(error)) throw error;
    await deleteAndWait(type, task, context);
    await create(type, desired, context);
    return { type: 'replaced', verb: 'replaced', deletedFirst: true };
  }
}

function verbOf(live: KubeObject | undefined, applied: KubeObject): 'created' | 'configured' | 'unchanged' {
  if (live === undefined) return 'created';
  return live.metadata.resourceVersion === applied.metadata.resourceVersion ? 'unchanged' : 'configured';
}

/** Fields that were applied client-side become ours once, so that leaving Git removes them (`compatibility.md` d.6). */
async function migrate(
  type: ApiResource,
  live: KubeObject,
  from: readonly string[],
  { cluster, failpoint, signal }: StepContext,
): Promise<void> {
  const migrated = migrateManagedFields(live, { manager: fieldManager, from: [...from, clientSideManager] });
  if (migrated === live) return;
  const patch = [
    { op: 'test', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
    { op: 'replace', path: '/metadata/managedFields', value: migrated.metadata.managedFields },
  ];
  const key = { namespace: live.metadata.namespace ?? '', name: live.metadata.name ?? '' };
  const answer = await atFailpoint(failpoint, 'migrate', () =>
    cluster.client.patch(type, key.name, patch, { type: 'json', ...scopeOf(key), signal }),
  );
  cluster.observe(answer);
}

async function create(
  type: ApiResource,
  desired: KubeObject,
  { cluster, failpoint, signal }: StepContext,
): Promise<StepOutcome> {
  try {
    const created = await atFailpoint(failpoint, 'create', () =>
      cluster.client.create(type, desired, { fieldManager, fieldValidation: 'Ignore', signal }),
    );
    cluster.observe(created);
    return { type: 'applied', verb: 'created' };
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const found = await cluster.client.get(type, desired.metadata.name ?? '', { ...scopeOf(desired.metadata), signal });
    cluster.observe(found);
    const operation = desired.metadata.annotations?.[operationMark];
    // A namespace, or a hook that this operation made before its result could be written down.
    if (operation === undefined || found.metadata.annotations?.[operationMark] === operation) {
      return { type: 'applied', verb: 'created' };
    }
    throw error;
  }
}

async function replace(
  type: ApiResource,
  task: SyncTask,
  desired: KubeObject,
  context: StepContext,
): Promise<StepOutcome> {
  const { cluster, failpoint, signal } = context;
  const live = context.live(task.key);
  if (live === undefined) {
    await create(type, desired, context);
    return { type: 'replaced', verb: 'created', deletedFirst: false };
  }
  if (task.isForced) {
    await deleteAndWait(type, task, context);
    await create(type, desired, context);
    return { type: 'replaced', verb: 'replaced', deletedFirst: true };
  }
  const { resourceVersion } = live.metadata;
  const object = { ...desired, metadata: { ...desired.metadata, ...(resourceVersion ? { resourceVersion } : {}) } };
  const replaced = await atFailpoint(failpoint, 'replace', () =>
    cluster.client.update(type, object, { fieldManager, fieldValidation: 'Ignore', signal }),
  );
  cluster.observe(replaced);
  return { type: 'replaced', verb: 'replaced', deletedFirst: false };
}

async function deleteAndWait(type: ApiResource, task: SyncTask, context: StepContext): Promise<void> {
  const uid = context.live(task.key)?.metadata.uid;
  await remove(task, uid, 'Foreground', context, 'prune');
  await waitUntilGone(type, task.key, context);
}

type Removable = Pick<SyncTask, 'key' | 'version'>;

async function remove(
  { key, version }: Removable,
  uid: string | undefined,
  propagationPolicy: 'Foreground' | 'Background' | 'Orphan',
  context: StepContext,
  name: WriteName,
): Promise<void> {
  const { cluster, failpoint, signal } = context;
  const type = await endpointOf({ ...key, version }, context);
  if (type === undefined) return cluster.observeDeleted(key);
  try {
    const answer = await atFailpoint(failpoint, name, () =>
      cluster.client.delete(type, key.name, {
        ...scopeOf(key),
        propagationPolicy,
        ...(uid === undefined ? {} : { preconditions: { uid } }),
        signal,
      }),
    );
    if (answer.kind === 'Status' || answer.metadata.deletionTimestamp === undefined) cluster.observeDeleted(key);
    else cluster.observe(answer);
  } catch (error) {
    // Somebody was faster, or another object has taken its place: the one that was meant is gone.
    if (isNotFound(error)) return cluster.observeDeleted(key);
    if (!isConflict(error)) throw error;
  }
}

const maxReleaseAttempts = 5;

async function releaseHook({ key, version }: Removable, context: StepContext): Promise<void> {
  const { cluster, failpoint, signal } = context;
  const type = await endpointOf({ ...key, version }, context);
  if (type === undefined) return cluster.observeDeleted(key);
  let object = context.live(key);
  for (let attempt = 0; object !== undefined; attempt++) {
    const finalizers = (object.metadata.finalizers ?? []).filter((finalizer) => finalizer !== knownFinalizers.hook);
    const patch = { metadata: { finalizers, resourceVersion: object.metadata.resourceVersion } };
    try {
      const answer = await atFailpoint(failpoint, 'release-hook', () =>
        cluster.client.patch(type, key.name, patch, { type: 'merge', ...scopeOf(key), fieldManager, signal }),
      );
      const isGone = answer.metadata.deletionTimestamp !== undefined && finalizers.length === 0;
      return isGone ? cluster.observeDeleted(key) : cluster.observe(answer);
    } catch (error) {
      if (isNotFound(error)) return cluster.observeDeleted(key);
      if (!isConflict(error) || attempt >= maxReleaseAttempts) throw error;
      object = await cluster.client.get(type, key.name, { ...scopeOf(key), signal }).catch((cause: unknown) => {
        if (isNotFound(cause)) return undefined;
        throw cause;
      });
    }
  }
  cluster.observeDeleted(key);
}

/** A kind that a CRD of this very sync defined is looked for once more. */
async function endpointOf(gvk: GroupVersionKind, { cluster, signal }: StepContext): Promise<ApiResource | undefined> {
  const known = cluster.resource(gvk);
  if (known !== undefined) return known;
  await cluster.learnKinds([gvk], signal);
  return cluster.resource(gvk);
}

function notServed({ key, version }: SyncTask): string {
  const apiVersion = formatApiVersion({ group: key.group, version });
  return `no matches for kind "${key.kind}" in version "${apiVersion}"`;
}

/** What the server answers to a change of a field that may not change. */
function isImmutable(error: unknown): boolean {
  return error instanceof KubeApiError && error.httpStatus === 422;
}
