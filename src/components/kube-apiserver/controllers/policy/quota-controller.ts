import { addQuantities } from '../framework/add-quantities.ts';
import { deepEqual } from '#base/json';
import type { ControllerContext } from '../framework/context.ts';
import type { Cluster } from '../framework/cluster.ts';
import { watchObjects } from '../framework/watch-owner.ts';
import type { LiveObject } from '../kinds/live-object.ts';
import { isTerminating, keyOf } from '../kinds/live-object.ts';
import { isPodFinished } from '../kinds/pod.ts';
import { persistentVolumeClaims, pods, resourceQuotas, services } from '../kinds/resources.ts';

interface Quota extends LiveObject {
  spec: { hard?: Record<string, string>; scopes?: string[] };
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

/** Counted by plain name, as `count/` does for every kind. */
const counted = new Set([
  'configmaps',
  'secrets',
  'services',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
]);

/** Keeps `status.used` of ResourceQuotas. */
export function startQuotaController(context: ControllerContext): void {
  const { cluster } = context;
  const cache = cluster.cache(resourceQuotas);
  const loop = context.startLoop({
    name: 'resourcequota-controller',
    async reconcile(key, signal) {
      const quota = cache.byKey(key) as Quota | undefined;
      if (!quota || isTerminating(quota)) return undefined;
      const hard = quota.spec.hard ?? {};
      const used = Object.fromEntries(
        Object.keys(hard).map((name) => [name, usageOf(cluster, quota.metadata.namespace ?? '', name)]),
      );
      const status = { hard, used };
      if (!deepEqual(status, quota.status ?? {}))
        await cluster.updateStatus(resourceQuotas, { ...quota, status }, { signal });
      return undefined;
    },
  });
  watchObjects(cache, loop);
  cluster.feeds.onAnyChange((resource, { before, after }) => {
    if (!resource.namespaced || resource.resource === 'resourcequotas') return;
    for (const quota of cache.byIndex('namespace', (after ?? before)?.metadata.namespace ?? '')) loop.add(keyOf(quota));
  });
}

function usageOf(cluster: Cluster, namespace: string, name: string): string {
  const running = () =>
    cluster
      .cache(pods)
      .byIndex('namespace', namespace)
      .filter((pod) => !isPodFinished(pod));
  if (name === 'pods') return String(running().length);
  if (counted.has(name)) return String(countObjects(cluster, namespace, name));
  if (name.startsWith('count/')) return String(countObjects(cluster, namespace, name.slice('count/'.length)));
  if (name === 'services.loadbalancers' || name === 'services.nodeports') {
    const types = name === 'services.loadbalancers' ? ['LoadBalancer'] : ['LoadBalancer', 'NodePort'];
    return String(
      cluster
        .cache(services)
        .byIndex('namespace', namespace)
        .filter(({ spec }) => types.includes(spec.type ?? '')).length,
    );
  }
  if (name === 'requests.storage') {
    const claims = cluster.cache(persistentVolumeClaims).byIndex('namespace', namespace);
    return addQuantities(claims.flatMap(({ spec }) => spec.resources?.requests?.['storage'] ?? []));
  }
  const isLimit = name.startsWith('limits.');
  const resource = name.replace(/^(requests|limits)\./, '');
  const amounts = running().flatMap(({ spec }) =>
    spec.containers.flatMap(
      ({ resources }) => (isLimit ? resources?.limits?.[resource] : resources?.requests?.[resource]) ?? [],
    ),
  );
  return addQuantities(amounts);
}

function countObjects(cluster: Cluster, namespace: string, name: string): number {
  const dot = name.indexOf('.');
  const [resource, group] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
  const type = cluster.feeds
    .resources()
    .find((candidate) => candidate.resource === resource && candidate.group === group);
  return (type && cluster.feeds.existing(type)?.byIndex('namespace', namespace).length) ?? 0;
}
