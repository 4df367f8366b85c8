import type { ApiResource } from '#libs/kube';
import { deepEqual } from '#base/json';
import type { LiveObject } from '../kinds/live-object.ts';
import { apiServices, customResourceDefinitions } from '../kinds/resources.ts';
import type { Cluster } from './cluster.ts';
import type { ControllerContext } from './context.ts';
import { idOf } from './feeds.ts';

/** Kinds that own nothing, are owned by nothing and change all the time. */
const ignored = new Set(['/events', 'events.k8s.io/events']);

/** Whether objects of a resource can be watched and deleted. */
function isCollectable(resource: ApiResource): boolean {
  return ['list', 'watch', 'delete'].every((verb) => resource.verbs.includes(verb)) && !ignored.has(idOf(resource));
}

/** Follows every collectable resource that the cluster serves, as metadata only where no controller needs more. */
export async function followEverything(cluster: Cluster): Promise<void> {
  const served = new Map<string, ApiResource>();
  for (const resource of await cluster.client.discovery.resources()) {
    if (isCollectable(resource) && !served.has(idOf(resource))) served.set(idOf(resource), resource);
  }
  for (const resource of served.values()) cluster.feeds.cache(resource, { metadataOnly: true });
  const failed = new Set(cluster.client.discovery.failedGroups().map(({ group }) => group));
  for (const resource of cluster.feeds.resources()) {
    // A group that does not answer is not gone.
    if (!served.has(idOf(resource)) && !failed.has(resource.group) && !ignored.has(idOf(resource)))
      await cluster.feeds.drop(idOf(resource));
  }
}

/** New kinds are followed, and forgotten ones let go, when definitions change. */
export function watchDefinitions(context: ControllerContext): void {
  const { cluster } = context;
  const loop = context.startLoop({
    name: 'resource-discovery',
    workers: 1,
    async reconcile() {
      cluster.client.discovery.invalidate();
      await followEverything(cluster);
      return undefined;
    },
  });
  for (const resource of [customResourceDefinitions, apiServices]) {
    cluster.cache(resource).onChange(({ before, after }) => {
      if (
        !before ||
        !after ||
        before.metadata.generation !== after.metadata.generation ||
        hasChangedConditions(before, after)
      )
        loop.add('everything');
    });
  }
}

function hasChangedConditions(before: LiveObject, after: LiveObject): boolean {
  const conditions = ({ status }: LiveObject & { status?: { conditions?: unknown } }) => status?.conditions;
  return !deepEqual(conditions(before), conditions(after));
}
