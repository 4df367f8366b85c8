import { isNotFound } from '#libs/kube';
import { deepEqual } from '#base/json';
import type { ControllerContext } from '../framework/context.ts';
import { watchObjects } from '../framework/watch-owner.ts';
import type { Condition, LiveObject } from '../kinds/live-object.ts';
import { isTerminating } from '../kinds/live-object.ts';
import { namespaces } from '../kinds/resources.ts';
import { emptyNamespace } from './empty-namespace.ts';
import { namespaceConditions } from './namespace-conditions.ts';

const ourFinalizer = 'kubernetes';
/** Something without a watch may be what is left: look again then. */
const lookAgainMs = 5000;

interface Namespace extends LiveObject {
  spec?: { finalizers?: string[] };
  status?: { phase?: string; conditions?: Condition[] };
}

/** Empties a namespace that is to be deleted, then lets it go. */
export function startNamespaceController(context: ControllerContext): void {
  const { cluster } = context;
  const cache = cluster.cache(namespaces);
  const loop = context.startLoop({
    name: 'namespace-controller',
    async reconcile(key, signal) {
      const namespace = cache.byKey(key);
      return namespace && isTerminating(namespace) ? finalizeNamespace(context, namespace, signal) : undefined;
    },
  });
  watchObjects(cache, loop);
  // What leaves a namespace that is being emptied may have been the last of it.
  cluster.feeds.onAnyChange((resource, { before, after }) => {
    if (!resource.namespaced || after || !before) return;
    const namespace = cache.get('', before.metadata.namespace ?? '');
    if (namespace && isTerminating(namespace)) loop.add(`/${namespace.metadata.name}`);
  });
}

async function finalizeNamespace(
  { cluster, clock }: ControllerContext,
  namespace: Namespace,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (!namespace.spec?.finalizers?.includes(ourFinalizer)) return undefined;
  const { name } = namespace.metadata;
  const remainder = await emptyNamespace(cluster, name, signal);
  const failedGroups = cluster.client.discovery.failedGroups().map(({ group, version }) => `${group}/${version}`);
  const isEmpty = remainder.resources.size === 0 && remainder.failures.length === 0 && failedGroups.length === 0;
  if (!isEmpty || namespace.status?.conditions) {
    const conditions = namespaceConditions(namespace.status?.conditions ?? [], remainder, failedGroups, clock.now());
    if (!deepEqual(conditions, namespace.status?.conditions ?? [])) {
      await cluster.updateStatus(namespaces, { ...namespace, status: { ...namespace.status, conditions } }, { signal });
    }
  }
  if (!isEmpty) return lookAgainMs;
  const live: Namespace | undefined = cluster.cache(namespaces).get('', name);
  if (!live) return undefined;
  const finalizers = (live.spec?.finalizers ?? []).filter((finalizer) => finalizer !== ourFinalizer);
  try {
    await cluster.client.request('PUT', `/api/v1/namespaces/${name}/finalize`, {
      body: { ...live, spec: { ...live.spec, finalizers } },
      signal,
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return undefined;
}
