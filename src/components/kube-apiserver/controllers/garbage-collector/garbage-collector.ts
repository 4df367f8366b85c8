import { deepEqual } from '#base/json';
import type { Change } from '../framework/cache.ts';
import type { ControllerContext } from '../framework/context.ts';
import type { LiveObject } from '../kinds/live-object.ts';
import { isTerminating } from '../kinds/live-object.ts';
import { collect } from './collect.ts';
import { OwnershipGraph } from './ownership-graph.ts';

/** Deletes what has lost its last owner, and keeps the promises of foreground and orphan deletion. */
export function startGarbageCollector(context: ControllerContext): void {
  const { cluster } = context;
  const graph = new OwnershipGraph(cluster);
  const loop = context.startLoop({
    name: 'garbage-collector',
    workers: 20,
    reconcile: (uid, signal) => collect({ cluster, graph, signal, visit: (other) => loop.add(other) }, uid),
  });
  cluster.feeds.onAnyChange((_, change) => {
    for (const uid of affectedBy(change)) loop.add(uid);
    const { before, after } = change;
    const hasGone = before !== undefined && after === undefined;
    const leaves = after !== undefined && isTerminating(after) && !(before && isTerminating(before));
    if (hasGone || leaves)
      for (const { object } of graph.dependentsOf((after ?? before)?.metadata.uid ?? '')) loop.add(object.metadata.uid);
  });
}

/** Objects whose fate a change can alter: the object itself, and owners that may wait for it. */
function affectedBy({ before, after }: Change<LiveObject>): string[] {
  const ownersOf = (object: LiveObject | undefined) => (object?.metadata.ownerReferences ?? []).map(({ uid }) => uid);
  if (!after) return ownersOf(before);
  const concerns = isTerminating(after) || (after.metadata.ownerReferences ?? []).length > 0;
  const isNew = !before || before.metadata.uid !== after.metadata.uid;
  const hasMoved =
    isNew || isTerminating(after) || !deepEqual(before.metadata.ownerReferences, after.metadata.ownerReferences);
  return [...(concerns && hasMoved ? [after.metadata.uid] : []), ...(hasMoved ? ownersOf(before) : [])];
}
