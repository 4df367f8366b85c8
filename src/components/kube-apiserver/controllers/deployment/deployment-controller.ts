import type { ControllerContext } from '../framework/context.ts';
import { watchChildren, watchObjects } from '../framework/watch-owner.ts';
import { controllerOf, keyOf, splitKey } from '../kinds/live-object.ts';
import { deployments, pods, replicaSets } from '../kinds/resources.ts';
import { reconcileDeployment } from './reconcile-deployment.ts';

/** Deployments own ReplicaSets and nothing else: one per pod template, sized by the rollout strategy. */
export function startDeploymentController(context: ControllerContext): void {
  const { cluster } = context;
  const events = context.eventsOf('deployment-controller');
  const sets = cluster.cache(replicaSets);
  const podCache = cluster.cache(pods);
  const deploymentCache = cluster.cache(deployments);
  const loop = context.startLoop({
    name: 'deployment-controller',
    reconcile: (key, signal) => reconcileDeployment({ cluster, events, clock: context.clock, signal }, key),
  });

  watchObjects(deploymentCache, loop);
  watchChildren(sets, deploymentCache, { kind: 'Deployment', loop });
  // Recreate waits for the last old pod to be gone: its deletion is the event that goes on.
  podCache.onChange(({ before, after }) => {
    if (after || !before) return;
    const owner = controllerOf(before);
    const set = owner && sets.byUid(owner.uid);
    const deployment = set && controllerOf(set);
    if (deployment?.kind === 'Deployment') loop.add(`${splitKey(keyOf(before)).namespace}/${deployment.name}`);
  });
}
