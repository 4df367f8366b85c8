import type { LabelSelector, LiveObject, Resource } from '../kinds/live-object.ts';
import { controllerOf, controllerReference, isTerminating } from '../kinds/live-object.ts';
import type { Cluster } from './cluster.ts';
import { addLabelIndex, selectByLabels } from './label-index.ts';
import { matchSelector } from './match-selector.ts';

interface Owner extends LiveObject {
  spec: { selector?: LabelSelector };
}

/**
 * The objects that an owner controls, by its selector: matching ones without a controller are adopted, owned ones that match
 * no longer are released. A terminating owner only keeps what it has.
 */
export async function claimOwned<T extends LiveObject>(
  cluster: Cluster,
  claim: {
    readonly owner: Owner;
    readonly ownerResource: Resource;
    readonly resource: Resource<T>;
    readonly signal?: AbortSignal;
  },
): Promise<T[]> {
  const { owner, resource } = claim;
  const options = claim.signal ? { signal: claim.signal } : {};
  const cache = cluster.cache(resource);
  addLabelIndex(cache);
  const selector = owner.spec.selector;
  const claimed: T[] = [];
  for (const object of cache.byIndex('controller', owner.metadata.uid)) {
    if (matchSelector(selector, object.metadata.labels)) claimed.push(object);
    else if (!isTerminating(owner))
      await cluster.patch(resource, object, buildRelease(object, owner.metadata.uid), options);
  }
  if (isTerminating(owner) || !selector) return claimed;
  const orphans = selectByLabels(cache, owner.metadata.namespace ?? '', selector).filter(
    (object) => !controllerOf(object) && !isTerminating(object),
  );
  for (const object of orphans)
    claimed.push(await cluster.patch(resource, object, buildAdoption(object, owner), options));
  return claimed;
}

function buildAdoption(object: LiveObject, owner: LiveObject): unknown {
  const { resourceVersion, uid, ownerReferences = [] } = object.metadata;
  return { metadata: { uid, resourceVersion, ownerReferences: [...ownerReferences, controllerReference(owner)] } };
}

/** A merge patch that drops one owner. */
function buildRelease(object: LiveObject, ownerUid: string): unknown {
  const { resourceVersion, uid, ownerReferences = [] } = object.metadata;
  const rest = ownerReferences.filter((reference) => reference.uid !== ownerUid);
  return { metadata: { uid, resourceVersion, ownerReferences: rest.length === 0 ? null : rest } };
}
