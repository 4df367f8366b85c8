import type { ControllerContext } from '../framework/context.ts';
import { addLabelIndex } from '../framework/label-index.ts';
import { watchChildren, watchObjects } from '../framework/watch-owner.ts';
import { keyOf } from '../kinds/live-object.ts';
import { controllerRevisions, daemonSets, nodes, pods } from '../kinds/resources.ts';
import { reconcileDaemonSet } from './reconcile-daemon-set.ts';

/** DaemonSets keep one pod on every node that fits. */
export function startDaemonSetController(context: ControllerContext): void {
  const { cluster } = context;
  const events = context.eventsOf('daemonset-controller');
  const sets = cluster.cache(daemonSets);
  const podCache = cluster.cache(pods);
  addLabelIndex(podCache);
  cluster.cache(controllerRevisions);
  const loop = context.startLoop({
    name: 'daemonset-controller',
    reconcile: (key, signal) => reconcileDaemonSet({ cluster, events, clock: context.clock, signal }, key),
  });
  watchObjects(sets, loop);
  watchChildren(podCache, sets, { kind: 'DaemonSet', loop });
  cluster.cache(nodes).onChange(() => {
    for (const set of sets.list()) loop.add(keyOf(set));
  });
}
