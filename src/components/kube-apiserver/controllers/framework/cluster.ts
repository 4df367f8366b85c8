import type { CallOptions, DeleteOptions, KubeClient, KubeObject, PatchType } from '#libs/kube';
import { isNotFound } from '#libs/kube';
import type { LiveObject, Resource } from '../kinds/live-object.ts';
import type { Cache } from './cache.ts';
import type { Feeds } from './feeds.ts';

/** A change to make: a new object of a resource, before the server has named and dated it. */
export type Draft = KubeObject;

/** The cluster as a control loop sees it: reads come from caches, writes go to the server and straight into the caches. */
export class Cluster {
  readonly client: KubeClient;
  readonly feeds: Feeds;
  readonly #fieldManager: string;

  constructor(options: { readonly client: KubeClient; readonly feeds: Feeds; readonly fieldManager: string }) {
    this.client = options.client;
    this.feeds = options.feeds;
    this.#fieldManager = options.fieldManager;
  }

  /** The cache of a resource; its watch starts with the first call. */
  cache<T extends LiveObject>(resource: Resource<T>): Cache<T> {
    return this.feeds.cache(resource);
  }

  async create<T extends LiveObject>(resource: Resource<T>, draft: Draft, options: CallOptions = {}): Promise<T> {
    return this.#keep(
      resource,
      await this.client.create(resource, draft, { ...options, fieldManager: this.#fieldManager }),
    );
  }

  /** Replaces an object; its resourceVersion is the precondition. */
  async update<T extends LiveObject>(resource: Resource<T>, object: T, options: CallOptions = {}): Promise<T> {
    return this.#keep(
      resource,
      await this.client.update(resource, object, { ...options, fieldManager: this.#fieldManager }),
    );
  }

  async updateStatus<T extends LiveObject>(resource: Resource<T>, object: T, options: CallOptions = {}): Promise<T> {
    const written = await this.client.update(resource, object, {
      ...options,
      fieldManager: this.#fieldManager,
      subresource: 'status',
    });
    return this.#keep(resource, written);
  }

  async patch<T extends LiveObject>(
    resource: Resource<T>,
    object: T,
    body: unknown,
    options: CallOptions & { readonly type?: PatchType; readonly subresource?: string } = {},
  ): Promise<T> {
    const { name, namespace } = object.metadata;
    const where = namespace === undefined ? {} : { namespace };
    const patched = await this.client.patch(resource, name, body, {
      type: 'merge',
      ...options,
      ...where,
      fieldManager: this.#fieldManager,
    });
    return this.#keep(resource, patched);
  }

  /** Deletes exactly this object (by uid). Already gone is fine. */
  async delete<T extends LiveObject>(resource: Resource<T>, object: T, options: DeleteOptions = {}): Promise<void> {
    const { name, namespace, uid } = object.metadata;
    const where = namespace === undefined ? {} : { namespace };
    try {
      const answer = await this.client.delete(resource, name, {
        propagationPolicy: 'Background',
        preconditions: { uid },
        ...options,
        ...where,
      });
      if (answer.kind === 'Status') this.cache(resource).removed(object);
      else this.#keep(resource, answer);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.cache(resource).removed(object);
    }
  }

  #keep<T extends LiveObject>(resource: Resource<T>, answer: KubeObject): T {
    const object = answer as T;
    this.feeds.existing(resource)?.wrote(object);
    return object;
  }
}
