import type { KubeObject } from '#libs/kube';
import { deferred } from '#base/deferred';
import type { Deferred } from '#base/deferred';
import { Collection } from './collection.ts';
import { Entry } from './entry.ts';
import type { Change } from './entry.ts';
import type { Journal, PendingWrite } from './journal.ts';

export interface Removal {
  readonly key: string;
  /** The object's last state. */
  readonly object: KubeObject;
}

/**
 * All objects, in memory, behind one global revision counter. Reads and writes are synchronous, so that a handler's
 * read-check-write is atomic; writes reach the journal grouped, once per turn of the event loop, and are announced to
 * watchers after that.
 */
export class Store {
  readonly #journal: Journal;
  #collections = new Map<string, Collection>();
  #revision: number;
  readonly #startRevision: number;
  #writes = new Map<string, PendingWrite>();
  #changes: { readonly collection: Collection; readonly change: Change }[] = [];
  #flushed: Deferred<void> | undefined;
  #closed = false;

  constructor(journal: Journal) {
    this.#journal = journal;
    this.#revision = Number(journal.meta('revision') ?? '1');
    this.#startRevision = this.#revision;
    this.#restore();
  }

  #restore(): void {
    const found = new Map<string, Entry[]>();
    for (const { collection, key, object } of this.#journal.rows()) {
      const entries = found.get(collection) ?? [];
      entries.push(new Entry(key, object, Number(object.metadata.resourceVersion)));
      found.set(collection, entries);
    }
    for (const [id, entries] of found) this.collection(id).restore(entries);
  }

  get revision(): number {
    return this.#revision;
  }

  collection(id: string): Collection {
    let collection = this.#collections.get(id);
    if (!collection) {
      collection = new Collection(id, this.#startRevision);
      this.#collections.set(id, collection);
    }
    return collection;
  }

  collections(): IterableIterator<Collection> {
    return this.#collections.values();
  }

  /** Stores an object under the next revision, which is written into its metadata. */
  put(collection: Collection, key: string, object: KubeObject): Entry {
    const revision = ++this.#revision;
    object.metadata.resourceVersion = String(revision);
    const previous = collection.get(key);
    const entry = new Entry(key, object, revision);
    this.#record(collection, { type: previous ? 'MODIFIED' : 'ADDED', revision, entry, previous });
    return entry;
  }

  /** Removes an object; the entry answered is its last state with the revision of the removal. */
  remove(collection: Collection, { key, object }: Removal): Entry {
    const revision = ++this.#revision;
    const metadata = { ...object.metadata, resourceVersion: String(revision) };
    const entry = new Entry(key, { ...object, metadata }, revision);
    this.#record(collection, { type: 'DELETED', revision, entry, previous: collection.get(key) });
    return entry;
  }

  /** Resolves when everything written so far is on disk and announced. */
  durable(): Promise<void> {
    return this.#flushed?.promise ?? Promise.resolve();
  }

  /** Forgets the changes up to now: older watches and continue tokens get 410. */
  compact(): void {
    this.flush();
    for (const collection of this.#collections.values()) collection.compact(this.#revision);
  }

  flush(): void {
    const flushed = this.#flushed;
    if (!flushed) return;
    const changes = this.#changes;
    const writes = [...this.#writes.values()];
    this.#changes = [];
    this.#writes = new Map();
    this.#flushed = undefined;
    try {
      this.#journal.write(writes, this.#revision);
    } catch (error) {
      flushed.reject(error);
      return;
    }
    flushed.resolve();
    for (const { collection, change } of changes) collection.announce(change);
  }

  close(): void {
    this.flush();
    this.#closed = true;
    this.#journal.close();
  }

  #record(collection: Collection, change: Change): void {
    const { key } = change.entry;
    collection.apply(change);
    this.#changes.push({ collection, change });
    const write: PendingWrite = { collection: collection.id, key };
    this.#writes.set(
      `${collection.id} ${key}`,
      change.type === 'DELETED' ? write : { ...write, value: change.entry.text() },
    );
    if (this.#flushed) return;
    this.#flushed = deferred();
    this.#flushed.promise.catch(() => undefined); // Callers see it through `durable`; without a caller it is no crash.
    setImmediate(() => {
      if (!this.#closed) this.flush();
    });
  }
}
