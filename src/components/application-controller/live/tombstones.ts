/** The uids of objects that went lately: an answer to our own write may come after the event that the object is gone. */
export class Tombstones {
  readonly #limit: number;
  readonly #uids = new Set<string>();

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  add(uid: string): void {
    this.#uids.add(uid);
    if (this.#uids.size <= this.#limit) return;
    const oldest = this.#uids.values().next();
    if (!oldest.done) this.#uids.delete(oldest.value);
  }

  has(uid: string | undefined): boolean {
    return uid !== undefined && this.#uids.has(uid);
  }
}
