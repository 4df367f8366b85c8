import type { ControllerContext } from '../framework/context.ts';
import { addLabelIndex } from '../framework/label-index.ts';
import { watchChildren, watchObjects } from '../framework/watch-owner.ts';
import { controllerRevisions, persistentVolumeClaims, pods, statefulSets } from '../kinds/resources.ts';
import { reconcileStatefulSet } from './reconcile-stateful-set.ts';

/** StatefulSets keep pods with names, order and claims of their own. */
export function startStatefulSetController(context: ControllerContext): void {
  const { cluster } = context;
  const events = context.eventsOf('statefulset-controller');
  const sets = cluster.cache(statefulSets);
  const podCache = cluster.cache(pods);
  addLabelIndex(podCache);
  cluster.cache(controllerRevisions);
  cluster.cache(persistentVolumeClaims);
  const loop = context.startLoop({
    name: 'statefulset-controller',
    reconcile: (key, signal) => reconcileStatefulSet({ cluster, events, clock: context.clock, signal }, key),
  });
  watchObjects(sets, loop);
  watchChildren(podCache, sets, { kind: 'StatefulSet', loop });
}
