import type { KubeClient } from '#libs/kube';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { LiveObject, Resource } from '../kinds/live-object.ts';
import { Cache } from './cache.ts';
import type { Feed } from './follow-resource.ts';
import { followResource } from './follow-resource.ts';

/** One cache and one watch per resource, shared by all controllers. */
export class Feeds {
  readonly #options: { readonly client: KubeClient; readonly clock: Clock; readonly log: Logger };
  /** A `Cache<T>` each; the resource asked with tells which T. */
  readonly #caches = new Map<string, unknown>();
  readonly #feeds = new Map<string, Feed>();

  constructor(options: { readonly client: KubeClient; readonly clock: Clock; readonly log: Logger }) {
    this.#options = options;
  }

  /** The cache of a resource, following it from the first call on. */
  cache<T extends LiveObject>(resource: Resource<T>, { metadataOnly = false } = {}): Cache<T> {
    const known = this.existing(resource);
    if (known) return known;
    const cache = new Cache<T>();
    const id = idOf(resource);
    this.#caches.set(id, cache);
    this.#feeds.set(id, followResource(this.#options, { resource, cache, metadataOnly }));
    return cache;
  }

  existing<T extends LiveObject>(resource: Resource<T>): Cache<T> | undefined {
    return this.#caches.get(idOf(resource)) as Cache<T> | undefined;
  }

  /** Whether the first list of a resource has arrived. */
  isSynced(resource: Resource): boolean {
    return this.#feeds.get(idOf(resource))?.isSynced ?? false;
  }

  /** Every cache that is being filled, with its resource's id ("group/resource"). */
  entries(): [string, Cache][] {
    return [...this.#caches] as [string, Cache][];
  }

  /** Stops following a resource that is served no more. */
  async drop(id: string): Promise<void> {
    const feed = this.#feeds.get(id);
    this.#feeds.delete(id);
    this.#caches.delete(id);
    await feed?.close();
  }

  /** Resolves once every cache asked for so far holds its first list. */
  async synced(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.synced));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.close()));
  }
}

/** "group/resource": versions of one resource are the same objects. */
export function idOf({ group, resource }: { readonly group: string; readonly resource: string }): string {
  return `${group}/${resource}`;
}
