/** Sets of texts by a text: an index that forgets empty sets. */
export class KeySets {
  readonly #sets = new Map<string, Set<string>>();

  add(key: string, member: string): void {
    const set = this.#sets.get(key);
    if (set === undefined) this.#sets.set(key, new Set([member]));
    else set.add(member);
  }

  remove(key: string, member: string): void {
    const set = this.#sets.get(key);
    if (set?.delete(member) === true && set.size === 0) this.#sets.delete(key);
  }

  get(key: string): ReadonlySet<string> {
    return this.#sets.get(key) ?? none;
  }

  keys(): IterableIterator<string> {
    return this.#sets.keys();
  }
}

const none: ReadonlySet<string> = new Set();
