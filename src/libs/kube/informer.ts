import type { Clock } from '#base/clock';
import { backoffDelay, withJitter } from '#base/backoff';
import { deferred } from '#base/deferred';
import { toWindlassError } from '#base/errors';
import type { WindlassError } from '#base/errors';
import type { Logger } from '#base/log';
import type { KubeClient, ResourceType } from './client.ts';
import { isExpired } from './errors.ts';
import type { KubeObject } from './objects.ts';

export interface InformerHandlers<T> {
  /** A new object, or one that changed. `previous` is what the cache held. */
  changed?(object: T, previous: T | undefined): void;
  deleted?(object: T): void;
}

export interface InformerOptions<T> {
  readonly client: KubeClient;
  readonly type: ResourceType;
  readonly clock: Clock;
  readonly log: Logger;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly metadataOnly?: boolean;
  /** What is kept of an object: drop here what nobody reads. Default: the whole object. */
  readonly transform?: (object: KubeObject) => T;
  /** Named look-ups kept up to date with the cache: index name → the keys that an object has there. */
  readonly indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
  readonly handlers?: InformerHandlers<T>;
  /** Every failure to list or watch, e.g. a 403 on one kind. Retries go on with back-off. */
  readonly onError?: (error: WindlassError) => void;
}

const retry = { baseMs: 200, factor: 2, maxMs: 30_000 };

interface Entry<T> {
  readonly object: T;
  readonly resourceVersion: string;
  readonly indexKeys: readonly (readonly [string, readonly string[]])[];
}

/** A cache of one resource type kept current by list and watch. Reads are synchronous; handlers run in event order. */
export class Informer<T = KubeObject> {
  readonly #options: InformerOptions<T>;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #indexes = new Map<string, Map<string, Set<string>>>();
  readonly #abort = new AbortController();
  readonly #synced = deferred();
  #running: Promise<void> | undefined;
  #isSynced = false;
  #lastError: WindlassError | undefined;
  #resourceVersion = '';

  constructor(options: InformerOptions<T>) {
    this.#options = options;
    for (const name of Object.keys(options.indexes ?? {})) this.#indexes.set(name, new Map());
    this.#synced.promise.catch(() => undefined);
  }

  /** Starts listing; resolves when the first list is complete. Rejects when stopped before that. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return this.#synced.promise;
  }

  async stop(): Promise<void> {
    this.#abort.abort(new DOMException('The informer was stopped.', 'AbortError'));
    this.#synced.reject(this.#abort.signal.reason);
    await this.#running;
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Why the last list or watch failed; undefined while all is well. */
  get lastError(): WindlassError | undefined {
    return this.#lastError;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(name: string, namespace = ''): T | undefined {
    return this.#entries.get(objectKey(namespace, name))?.object;
  }

  list(): T[] {
    return [...this.#entries.values()].map((entry) => entry.object);
  }

  byIndex(index: string, key: string): T[] {
    const keys = this.#indexes.get(index)?.get(key);
    return keys ? [...keys].map((k) => (this.#entries.get(k) as Entry<T>).object) : [];
  }

  /** Puts in what a write answered, so that the next read does not see the past; older versions are ignored. */
  observe(object: KubeObject): void {
    this.#upsert(object, true);
  }

  async #run(): Promise<void> {
    const { clock, log, type, onError } = this.#options;
    const { signal } = this.#abort;
    let failures = 0;
    let needsList = true;
    while (!signal.aborted) {
      try {
        if (needsList) await this.#list();
        needsList = false;
        failures = 0;
        await this.#watch(() => (failures = 0));
      } catch (error) {
        if (signal.aborted) return;
        needsList = needsList || isExpired(error);
        if (isExpired(error) && failures === 0) {
          failures++;
          continue;
        }
        this.#lastError = toWindlassError(error);
        onError?.(this.#lastError);
        const delayMs = withJitter(backoffDelay(retry, failures++), clock.random());
        log.debug({ resource: type.resource, err: this.#lastError, delayMs }, 'Cannot watch; trying again');
        // After several failures the missed events may be gone: look at everything.
        if (failures > 3) needsList = true;
        await clock.sleep(delayMs, signal).catch(() => undefined);
      }
    }
  }

  async #list(): Promise<void> {
    const { client, type, namespace, labelSelector, fieldSelector, metadataOnly } = this.#options;
    const seen = new Set<string>();
    let resourceVersion = '';
    for await (const page of client.listPages(type, {
      signal: this.#abort.signal,
      timeoutMs: 120_000,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(metadataOnly ? { metadataOnly } : {}),
    })) {
      resourceVersion = page.metadata.resourceVersion ?? '';
      for (const item of page.items) {
        seen.add(objectKey(item.metadata.namespace ?? '', item.metadata.name ?? ''));
        this.#upsert(item, false);
      }
    }
    for (const key of this.#entries.keys()) if (!seen.has(key)) this.#remove(key);
    this.#resourceVersion = resourceVersion;
    this.#lastError = undefined;
    this.#isSynced = true;
    this.#synced.resolve();
  }

  async #watch(onAlive: () => void): Promise<void> {
    const { client, type, namespace, labelSelector, fieldSelector, metadataOnly } = this.#options;
    for await (const event of client.watch(type, {
      resourceVersion: this.#resourceVersion,
      signal: this.#abort.signal,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(metadataOnly ? { metadataOnly } : {}),
    })) {
      onAlive();
      this.#lastError = undefined;
      const { metadata } = event.object;
      if (event.type === 'DELETED')
        this.#remove(objectKey(metadata.namespace ?? '', metadata.name ?? ''), event.object);
      else if (event.type !== 'BOOKMARK') this.#upsert(event.object, false);
      this.#resourceVersion = metadata.resourceVersion ?? this.#resourceVersion;
    }
  }

  #upsert(raw: KubeObject, onlyNewer: boolean): void {
    const key = objectKey(raw.metadata.namespace ?? '', raw.metadata.name ?? '');
    const resourceVersion = raw.metadata.resourceVersion ?? '';
    const previous = this.#entries.get(key);
    if (
      previous &&
      (previous.resourceVersion === resourceVersion || isOlder(resourceVersion, previous.resourceVersion))
    )
      return;
    if (onlyNewer && !this.#isSynced) return;
    const object = this.#options.transform ? this.#options.transform(raw) : (raw as T);
    if (previous) this.#unindex(key, previous);
    const indexKeys = Object.entries(this.#options.indexes ?? {}).map(
      ([name, keysOf]) => [name, keysOf(object)] as const,
    );
    this.#entries.set(key, { object, resourceVersion, indexKeys });
    for (const [name, keys] of indexKeys) {
      const index = this.#indexes.get(name) as Map<string, Set<string>>;
      for (const indexKey of keys) {
        const members = index.get(indexKey);
        if (members) members.add(key);
        else index.set(indexKey, new Set([key]));
      }
    }
    this.#options.handlers?.changed?.(object, previous?.object);
  }

  #remove(key: string, last?: KubeObject): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#unindex(key, entry);
    const object = last ? (this.#options.transform ? this.#options.transform(last) : (last as T)) : entry.object;
    this.#options.handlers?.deleted?.(object);
  }

  #unindex(key: string, entry: Entry<T>): void {
    for (const [name, keys] of entry.indexKeys) {
      const index = this.#indexes.get(name);
      for (const indexKey of keys) {
        const members = index?.get(indexKey);
        members?.delete(key);
        if (members?.size === 0) index?.delete(indexKey);
      }
    }
  }
}

function objectKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** Resource versions of one server are decimal and only grow (Kubernetes 1.35 made this part of the API). */
function isOlder(a: string, b: string): boolean {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}
