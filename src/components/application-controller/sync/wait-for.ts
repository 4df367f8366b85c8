import { withDeadline } from '#base/abort';
import { getPath } from '#base/json';
import type { ApiResource, KubeObject, ResourceKey } from '#libs/kube';
import { isNotFound } from '#libs/kube';
import type { StepContext } from './step-context.ts';
import { scopeOf } from './step-context.ts';

const establishedMs = 3000;
const goneMs = 60_000;

/** Waits, by watch, until the server serves what a CRD defines; not longer than Argo CD does (`compatibility.md` d.6). */
export async function waitForEstablished(type: ApiResource, crd: KubeObject, context: StepContext): Promise<void> {
  const { cluster } = context;
  const isEstablished = (object: KubeObject | undefined) => {
    const conditions = object === undefined ? undefined : getPath(object, 'status', 'conditions');
    return (
      Array.isArray(conditions) &&
      conditions.some((one) => getPath(one, 'type') === 'Established' && getPath(one, 'status') === 'True')
    );
  };
  await watchUntil(type, { group: '', kind: '', namespace: '', name: crd.metadata.name ?? '' }, context, {
    deadlineMs: establishedMs,
    isDone: isEstablished,
  });
  cluster.forgetKinds();
}

/** Waits, by watch, until an object that was deleted is gone. */
export async function waitUntilGone(type: ApiResource, key: ResourceKey, context: StepContext): Promise<void> {
  await watchUntil(type, key, context, { deadlineMs: goneMs, isDone: (object) => object === undefined });
  context.cluster.observeDeleted(key);
}

interface Until {
  readonly deadlineMs: number;
  isDone(object: KubeObject | undefined): boolean;
}

async function watchUntil(type: ApiResource, key: ResourceKey, context: StepContext, until: Until): Promise<void> {
  const { cluster } = context;
  const { clock } = cluster.options;
  using limit = withDeadline(clock, until.deadlineMs, `${type.kind} "${key.name}"`, context.signal);
  const { signal } = limit;
  try {
    const current = await cluster.client.get(type, key.name, { ...scopeOf(key), signal }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (until.isDone(current)) return;
    const events = cluster.client.watch(type, {
      ...scopeOf(key),
      fieldSelector: `metadata.name=${key.name}`,
      resourceVersion: current?.metadata.resourceVersion ?? '0',
      signal,
    });
    for await (const event of events) {
      if (event.type === 'BOOKMARK') continue;
      if (until.isDone(event.type === 'DELETED' ? undefined : event.object)) return;
    }
  } catch (error) {
    // What comes next fails with the server's own words if it is really too early.
    if (context.signal.aborted || !signal.aborted) throw error;
  }
}
