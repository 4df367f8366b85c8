import type { LiveObject } from '../kinds/live-object.ts';
import { controllerOf, keyOf } from '../kinds/live-object.ts';

export interface Change<T extends LiveObject> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

interface Index<T extends LiveObject> {
  readonly valuesOf: (object: T) => readonly string[];
  readonly buckets: Map<string, Map<string, T>>;
}

/**
 * The objects of one resource, indexed. Fed by a watch and by the answers to our own writes, so that a control loop that
 * has just written never decides on what was there before: the newer resourceVersion wins, whoever brings it.
 */
export class Cache<T extends LiveObject = LiveObject> {
  #byKey = new Map<string, T>();
  #byUid = new Map<string, T>();
  #indexes = new Map<string, Index<T>>();
  #handlers = new Set<(change: Change<T>) => void>();
  /** Uids whose deletion we know of before the watch tells: late events must not bring them back. */
  #gone = new Set<string>();
  /** The newest version the watch has shown. */
  #seen = 0;

  constructor() {
    this.addIndex('namespace', (object) => [object.metadata.namespace ?? '']);
    this.addIndex('controller', (object) => {
      const owner = controllerOf(object);
      return owner ? [owner.uid] : [];
    });
    this.addIndex('owner', (object) => (object.metadata.ownerReferences ?? []).map(({ uid }) => uid));
  }

  get size(): number {
    return this.#byKey.size;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#byKey.get(`${namespace}/${name}`);
  }

  byKey(key: string): T | undefined {
    return this.#byKey.get(key);
  }

  byUid(uid: string): T | undefined {
    return this.#byUid.get(uid);
  }

  list(): T[] {
    return [...this.#byKey.values()];
  }

  /** The objects that an index files under `value`. Indexes `namespace`, `controller` and `owner` (uids) always exist. */
  byIndex(index: string, value: string): T[] {
    return [...(this.#indexes.get(index)?.buckets.get(value)?.values() ?? [])];
  }

  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void {
    if (this.#indexes.has(name)) return;
    const index: Index<T> = { valuesOf, buckets: new Map() };
    this.#indexes.set(name, index);
    for (const object of this.#byKey.values()) file(index, object);
  }

  /** Calls `handler` for every later change, and for what is there already. */
  onChange(handler: (change: Change<T>) => void): void {
    this.#handlers.add(handler);
    for (const object of this.#byKey.values()) handler({ before: undefined, after: object });
  }

  /** What the watch says. */
  observe(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    this.#seen = Math.max(this.#seen, versionOf(object));
    if (type === 'DELETED') {
      this.#gone.delete(object.metadata.uid);
      this.#remove(object);
    } else if (!this.#gone.has(object.metadata.uid)) this.#put(object);
  }

  /** What the server answered to our own write. */
  wrote(object: T): void {
    // The watch is past this version and the object is not here: it was deleted meanwhile.
    if (versionOf(object) <= this.#seen && !this.#byUid.has(object.metadata.uid)) return;
    if (!this.#gone.has(object.metadata.uid)) this.#put(object);
  }

  /** The server answered that the object is gone. */
  removed(object: T): void {
    if (!this.#byUid.has(object.metadata.uid)) return;
    this.#gone.add(object.metadata.uid);
    this.#remove(object);
  }

  #put(object: T): void {
    const key = keyOf(object);
    const before = this.#byKey.get(key);
    if (before && versionOf(before) >= versionOf(object)) return;
    if (before && before.metadata.uid !== object.metadata.uid) this.#remove(before);
    const replaced = this.#byKey.get(key);
    if (replaced) this.#unfile(replaced);
    this.#byKey.set(key, object);
    this.#byUid.set(object.metadata.uid, object);
    for (const index of this.#indexes.values()) file(index, object);
    this.#emit({ before: replaced, after: object });
  }

  #remove(object: T): void {
    const before = this.#byUid.get(object.metadata.uid);
    if (!before) return;
    this.#unfile(before);
    this.#byUid.delete(before.metadata.uid);
    const key = keyOf(before);
    if (this.#byKey.get(key) === before) this.#byKey.delete(key);
    this.#emit({ before, after: undefined });
  }

  #unfile(object: T): void {
    for (const index of this.#indexes.values()) {
      for (const value of index.valuesOf(object)) {
        const bucket = index.buckets.get(value);
        bucket?.delete(object.metadata.uid);
        if (bucket?.size === 0) index.buckets.delete(value);
      }
    }
  }

  #emit(change: Change<T>): void {
    for (const handler of this.#handlers) handler(change);
  }
}

function file<T extends LiveObject>(index: Index<T>, object: T): void {
  for (const value of index.valuesOf(object)) {
    const bucket = index.buckets.get(value) ?? new Map<string, T>();
    bucket.set(object.metadata.uid, object);
    index.buckets.set(value, bucket);
  }
}

/** Versions of one server are one rising number (Kubernetes promises so since 1.35). */
function versionOf(object: LiveObject): number {
  return Number(object.metadata.resourceVersion) || 0;
}
