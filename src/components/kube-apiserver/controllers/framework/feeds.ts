import type { KubeClient, KubeObject } from '#libs/kube';
import { formatApiVersion, Informer } from '#libs/kube';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { LiveObject, Resource } from '../kinds/live-object.ts';
import type { Change } from './cache.ts';
import { Cache } from './cache.ts';

type AnyChangeHandler = (resource: Resource, change: Change<LiveObject>) => void;

/** One cache and one watch per resource, shared by all controllers. */
export class Feeds {
  readonly #options: { readonly client: KubeClient; readonly clock: Clock; readonly log: Logger };
  /** A `Cache<T>` each; the resource asked with tells which T. */
  readonly #caches = new Map<string, unknown>();
  readonly #informers = new Map<string, Informer<LiveObject>>();
  readonly #syncs = new Map<string, Promise<void>>();
  readonly #resources = new Map<string, Resource>();
  readonly #handlers = new Set<AnyChangeHandler>();

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
    this.#resources.set(id, resource);
    cache.onChange((change) => this.#handlers.forEach((handler) => handler(resource, change)));
    const informer = new Informer<LiveObject>({
      ...this.#options,
      type: resource,
      metadataOnly,
      transform: (object) => asTyped(object, resource),
      handlers: {
        changed: (object) => cache.observe('MODIFIED', object as T),
        deleted: (object) => cache.observe('DELETED', object as T),
      },
    });
    this.#informers.set(id, informer);
    // Stopping before the first list is a way to end, not a failure.
    this.#syncs.set(
      id,
      informer.start().catch(() => undefined),
    );
    return cache;
  }

  existing<T extends LiveObject>(resource: Resource<T>): Cache<T> | undefined {
    return this.#caches.get(idOf(resource)) as Cache<T> | undefined;
  }

  /** Every resource that is followed. */
  resources(): Resource[] {
    return [...this.#resources.values()];
  }

  /** Calls `handler` for every later change of any resource, and for what is there already. */
  onAnyChange(handler: AnyChangeHandler): void {
    this.#handlers.add(handler);
    for (const resource of this.#resources.values()) {
      for (const object of this.existing(resource)?.list() ?? [])
        handler(resource, { before: undefined, after: object });
    }
  }

  /** Stops following a resource that is served no more. */
  async drop(id: string): Promise<void> {
    const informer = this.#informers.get(id);
    this.#informers.delete(id);
    this.#syncs.delete(id);
    this.#caches.delete(id);
    this.#resources.delete(id);
    await informer?.stop();
  }

  /** Resolves once every cache asked for so far holds its first list. */
  async synced(): Promise<void> {
    await Promise.all(this.#syncs.values());
  }

  async close(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.stop()));
  }
}

/** "group/resource": versions of one resource are the same objects. */
export function idOf({ group, resource }: { readonly group: string; readonly resource: string }): string {
  return `${group}/${resource}`;
}

/** Items of a typed list carry no type of their own; a metadata-only answer carries another one. */
function asTyped(object: KubeObject, resource: Resource): LiveObject {
  if (object.kind === resource.kind) return object as LiveObject;
  return { ...object, apiVersion: formatApiVersion(resource), kind: resource.kind } as LiveObject;
}
