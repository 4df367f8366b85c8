import type { OwnerReference } from '#libs/kube';
import { isNotFound, parseApiVersion } from '#libs/kube';
import { WindlassError } from '#base/errors';
import { LRUCache } from 'lru-cache';
import type { Cluster } from '../framework/cluster.ts';
import type { LiveObject, Resource } from '../kinds/live-object.ts';

export interface GraphNode {
  readonly resource: Resource;
  readonly object: LiveObject;
}

/** Who owns whom, read from the indexes of all caches. */
export class OwnershipGraph {
  readonly #cluster: Cluster;
  /** Uids the server has said do not exist. */
  readonly #absent = new LRUCache<string, true>({ max: 10_000 });

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  find(uid: string): GraphNode | undefined {
    for (const resource of this.#cluster.feeds.resources()) {
      const object = this.#cluster.feeds.existing(resource)?.byUid(uid);
      if (object) return { resource, object };
    }
    return undefined;
  }

  dependentsOf(uid: string): GraphNode[] {
    return this.#cluster.feeds.resources().flatMap((resource) => {
      const dependents = this.#cluster.feeds.existing(resource)?.byIndex('owner', uid) ?? [];
      return dependents.map((object) => ({ resource, object }));
    });
  }

  /** Dependents that their owner, deleted in the foreground, has to wait for. */
  blockingDependentsOf(uid: string): GraphNode[] {
    return this.dependentsOf(uid).filter(({ object }) =>
      object.metadata.ownerReferences?.some(
        (reference) => reference.uid === uid && reference.blockOwnerDeletion === true,
      ),
    );
  }

  /** The owner a reference names, from the caches or else from the server; undefined when it does not exist. */
  async findOwner(
    dependent: LiveObject,
    reference: OwnerReference,
    signal: AbortSignal,
  ): Promise<LiveObject | undefined> {
    const cached = this.find(reference.uid)?.object;
    if (cached || this.#absent.has(reference.uid)) return cached;
    const { client } = this.#cluster;
    const type = await client.discovery.find(
      { ...parseApiVersion(reference.apiVersion), kind: reference.kind },
      { signal },
    );
    // A kind that is not served: its objects may be back with it. Nothing is deleted on a guess.
    if (!type) {
      const message = `The owner "${reference.name}" cannot be looked up: "${reference.apiVersion}" serves no kind "${reference.kind}".`;
      throw new WindlassError({ code: 'OWNER_KIND_UNKNOWN', kind: 'FailedPrecondition', message, retry: 'later' });
    }
    try {
      const namespace = type.namespaced ? { namespace: dependent.metadata.namespace ?? '' } : {};
      const live = (await client.get(type, reference.name, { ...namespace, signal })) as LiveObject;
      if (live.metadata.uid === reference.uid) return live;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#absent.set(reference.uid, true);
    return undefined;
  }
}
