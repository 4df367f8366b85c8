import { deferred } from '#base/deferred';
import type { Deferred } from '#base/deferred';

/** Events pushed on one side and iterated on the other. */
export class EventQueue<T> {
  #items: T[] = [];
  #wake: Deferred<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #ended = false;

  push(item: T): void {
    this.#items.push(item);
    this.#signal();
  }

  end(): void {
    this.#ended = true;
    this.#signal();
  }

  fail(error: unknown): void {
    this.#failure = { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const items = this.#items;
      this.#items = [];
      yield* items;
      if (this.#items.length > 0) continue;
      if (this.#failure) throw this.#failure.error;
      if (this.#ended) return;
      this.#wake = deferred<void>();
      await this.#wake.promise;
    }
  }

  #signal(): void {
    this.#wake?.resolve();
    this.#wake = undefined;
  }
}
