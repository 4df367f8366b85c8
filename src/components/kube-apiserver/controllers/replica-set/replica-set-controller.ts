import type { ControllerContext } from '../framework/context.ts';
import { addLabelIndex } from '../framework/label-index.ts';
import { watchChildren, watchObjects } from '../framework/watch-owner.ts';
import { pods, replicaSets } from '../kinds/resources.ts';
import { reconcileReplicaSet } from './reconcile-replica-set.ts';

/** ReplicaSets keep a number of pods of one template. */
export function startReplicaSetController(context: ControllerContext): void {
  const { cluster } = context;
  const events = context.eventsOf('replicaset-controller');
  const sets = cluster.cache(replicaSets);
  const podCache = cluster.cache(pods);
  addLabelIndex(podCache);
  const loop = context.startLoop({
    name: 'replicaset-controller',
    reconcile: (key, signal) => reconcileReplicaSet({ cluster, events, clock: context.clock, signal }, key),
  });
  watchObjects(sets, loop);
  watchChildren(podCache, sets, { kind: 'ReplicaSet', loop });
}
