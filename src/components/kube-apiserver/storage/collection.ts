import { expired } from '../answers/api-errors.ts';
import type { Change, Entry } from './entry.ts';

export type ChangeListener = (change: Change) => void;

/** How many changes of one resource stay replayable. An older watch or continue token gets 410. */
const historyLimit = 8192;

/** The objects of one resource, sorted by key ("namespace/name" or "name"), and their recent changes. */
export class Collection {
  readonly id: string;
  #entries = new Map<string, Entry>();
  #keys: string[] = [];
  #history: Change[] = [];
  #compacted: number;
  #listeners = new Set<ChangeListener>();

  constructor(id: string, revision: number) {
    this.id = id;
    this.#compacted = revision;
  }

  get size(): number {
    return this.#keys.length;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Fills the collection from disk; no change is recorded. Keys must come in order. */
  restore(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#entries.set(entry.key, entry);
      this.#keys.push(entry.key);
    }
    this.#keys.sort(compareKeys);
  }

  apply(change: Change): void {
    const { key } = change.entry;
    if (change.type === 'DELETED') {
      this.#entries.delete(key);
      this.#keys.splice(lowerBound(this.#keys, key), 1);
    } else {
      if (!this.#entries.has(key)) this.#keys.splice(lowerBound(this.#keys, key), 0, key);
      this.#entries.set(key, change.entry);
    }
    this.#history.push(change);
    if (this.#history.length > historyLimit * 2) this.#compact();
  }

  /** Tells the listeners; apart from `apply` so that nobody hears of a change before it is durable. */
  announce(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Entries from `start` on, in key order, of one namespace or of all. */
  *range(namespace: string | undefined, start = ''): Generator<Entry> {
    const { from, to } = bounds(namespace, start);
    const keys = this.#keys;
    const end = to === undefined ? keys.length : lowerBound(keys, to);
    for (let i = lowerBound(keys, from); i < end; i++) {
      const entry = this.#entries.get(keys[i] as string);
      if (entry) yield entry;
    }
  }

  /** The entries as they were at that revision; throws 410 when the changes since are no longer known. */
  rangeAt(revision: number, namespace: string | undefined, start = ''): Iterable<Entry> {
    const undone = this.#previousSince(revision);
    if (undone.size === 0) return this.range(namespace, start);
    const { from, to } = bounds(namespace, start);
    const within = (key: string) => key >= from && (to === undefined || key < to);
    const kept = [...this.range(namespace, start)].filter(({ key }) => !undone.has(key));
    const restored = [...undone.values()].filter((entry) => entry !== undefined && within(entry.key)) as Entry[];
    return [...kept, ...restored].sort((a, b) => compareKeys(a.key, b.key));
  }

  /** The changes after a revision; throws 410 when they are no longer known. */
  changesSince(revision: number): readonly Change[] {
    if (revision < this.#compacted) throw expired(`too old resource version: ${revision} (${this.#compacted + 1})`);
    return this.#history.slice(firstAfter(this.#history, revision));
  }

  /** Forgets all changes up to a revision, as an etcd compaction does. */
  compact(revision: number): void {
    this.#history = this.#history.slice(firstAfter(this.#history, revision));
    this.#compacted = Math.max(this.#compacted, revision);
  }

  #compact(): void {
    const last = this.#history[this.#history.length - historyLimit - 1];
    if (last) this.compact(last.revision);
  }

  #previousSince(revision: number): Map<string, Entry | undefined> {
    if (revision < this.#compacted) throw expired('The resourceVersion for the provided list is too old.');
    const undone = new Map<string, Entry | undefined>();
    for (const { entry, previous } of this.#history.slice(firstAfter(this.#history, revision))) {
      if (!undone.has(entry.key)) undone.set(entry.key, previous);
    }
    return undone;
  }
}

function bounds(namespace: string | undefined, start: string): { from: string; to: string | undefined } {
  if (namespace === undefined || namespace === '') return { from: start, to: undefined };
  const prefix = `${namespace}/`;
  return { from: start > prefix ? start : prefix, to: `${namespace}0` };
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAfter(history: readonly Change[], revision: number): number {
  let low = 0;
  let high = history.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((history[middle] as Change).revision <= revision) low = middle + 1;
    else high = middle;
  }
  return low;
}
