import type { ControllerContext } from '../framework/context.ts';
import { addLabelIndex } from '../framework/label-index.ts';
import { matchSelector } from '../framework/match-selector.ts';
import { controllerOf, keyOf } from '../kinds/live-object.ts';
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
  sets.onChange(({ before, after }) => {
    const object = after ?? before;
    if (object) loop.add(keyOf(object));
  });
  podCache.onChange(({ before, after }) => {
    for (const pod of [before, after]) {
      const owner = pod && controllerOf(pod);
      if (owner?.kind === 'ReplicaSet') loop.add(`${pod?.metadata.namespace ?? ''}/${owner.name}`);
    }
    if (!after || controllerOf(after)) return;
    for (const set of sets.byIndex('namespace', after.metadata.namespace ?? ''))
      if (matchSelector(set.spec.selector, after.metadata.labels)) loop.add(keyOf(set));
  });
}
