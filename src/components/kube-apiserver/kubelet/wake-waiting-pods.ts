import type { Cluster } from '../controllers/framework/cluster.ts';
import type { Loop } from '../controllers/framework/context.ts';
import { keyOf } from '../controllers/kinds/live-object.ts';
import type { Pod } from '../controllers/kinds/pod.ts';
import { configMaps, persistentVolumeClaims, pods, secrets } from '../controllers/kinds/resources.ts';

/** What pods wait for may arrive later: configuration for their containers, volumes for their claims. */
export function wakeWaitingPods(cluster: Cluster, loops: { readonly kubelet: Loop; readonly scheduler: Loop }): void {
  const podCache = cluster.cache(pods);
  podCache.addIndex('waiting', (pod) => (pod.spec.nodeName && isWaiting(pod) ? [pod.metadata.namespace ?? ''] : []));
  podCache.addIndex('unscheduled', (pod) => (pod.spec.nodeName ? [] : [pod.metadata.namespace ?? '']));
  for (const resource of [configMaps, secrets]) {
    cluster.cache(resource).onChange(({ after }) => {
      for (const pod of after ? podCache.byIndex('waiting', after.metadata.namespace ?? '') : [])
        loops.kubelet.add(keyOf(pod));
    });
  }
  cluster.cache(persistentVolumeClaims).onChange(({ after }) => {
    for (const pod of after ? podCache.byIndex('unscheduled', after.metadata.namespace ?? '') : [])
      loops.scheduler.add(keyOf(pod));
  });
}

function isWaiting({ status }: Pod): boolean {
  return [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].some(
    ({ state }) => state.waiting,
  );
}
