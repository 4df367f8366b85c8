import type { Backoff } from '#base/backoff';
import { backoffDelay, withJitter } from '#base/backoff';
import type { Clock } from '#base/clock';
import { deferred } from '#base/deferred';

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Delay of the n-th `retry` of one key. Default 100 ms doubling to 60 s. */
  readonly backoff?: Backoff;
  /** Number of priorities; 0 is served first. Default 4. */
  readonly priorities?: number;
}

/**
 * A queue of keys. A key waits at most once, is worked on by one worker at a time, and a key added while it is being worked
 * on comes again afterwards. Lower priority number first; within one, first come first served.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #ready: Map<string, true>[];
  readonly #priorityOf = new Map<string, number>();
  readonly #active = new Set<string>();
  /** Keys added while active, with the priority they shall come back with. */
  readonly #again = new Map<string, number>();
  readonly #timers = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  #wake = deferred();
  #isClosed = false;

  constructor({ clock, backoff = { baseMs: 100, factor: 2, maxMs: 60_000 }, priorities = 4 }: WorkQueueOptions) {
    this.#clock = clock;
    this.#backoff = backoff;
    this.#ready = Array.from({ length: priorities }, () => new Map<string, true>());
  }

  /** Waiting keys, without those being worked on. */
  get depth(): number {
    return this.#priorityOf.size;
  }

  /** True when nothing waits and nobody works; timers may still be set. */
  get isIdle(): boolean {
    return this.#priorityOf.size === 0 && this.#active.size === 0;
  }

  add(key: string, priority = this.#ready.length - 1): void {
    if (this.#isClosed) return;
    if (this.#active.has(key)) {
      this.#again.set(key, Math.min(priority, this.#again.get(key) ?? priority));
      return;
    }
    const waiting = this.#priorityOf.get(key);
    if (waiting !== undefined && waiting <= priority) return;
    if (waiting !== undefined) this.#ready[waiting]?.delete(key);
    this.#priorityOf.set(key, priority);
    this.#ready[priority]?.set(key, true);
    this.#signal();
  }

  /** Adds the key after a delay; an earlier timer for the same key wins. */
  addAfter(key: string, delayMs: number, priority?: number): void {
    if (this.#isClosed) return;
    const at = this.#clock.now() + delayMs;
    const pending = this.#timers.get(key);
    if (pending && pending.at <= at) return;
    pending?.cancel();
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(key);
      this.add(key, priority);
    });
    this.#timers.set(key, { at, cancel });
  }

  /** Adds the key after its back-off, which grows until `forget`. Answers the delay in milliseconds. */
  retry(key: string, priority?: number): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const delayMs = withJitter(backoffDelay(this.#backoff, failures), this.#clock.random());
    this.addAfter(key, delayMs, priority);
    return delayMs;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Drops the key altogether: its object is gone. */
  remove(key: string): void {
    this.forget(key);
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
    const waiting = this.#priorityOf.get(key);
    if (waiting !== undefined) this.#ready[waiting]?.delete(key);
    this.#priorityOf.delete(key);
    this.#again.delete(key);
  }

  /** Works until the signal aborts, `workers` keys at a time; a rejected `work` is retried with back-off. */
  async run(workers: number, work: (key: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.close(), { once: true });
    if (signal.aborted) this.close();
    await Promise.all(Array.from({ length: workers }, () => this.#work(work)));
  }

  close(): void {
    this.#isClosed = true;
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#signal();
  }

  async #work(work: (key: string) => Promise<void>): Promise<void> {
    for (;;) {
      if (this.#isClosed) return;
      const key = this.#take();
      if (key === undefined) {
        await this.#wake.promise;
        continue;
      }
      try {
        await work(key);
        this.forget(key);
      } catch {
        if (!this.#isClosed) this.retry(key);
      } finally {
        this.#active.delete(key);
        const priority = this.#again.get(key);
        this.#again.delete(key);
        if (priority !== undefined) this.add(key, priority);
      }
    }
  }

  #take(): string | undefined {
    for (const level of this.#ready) {
      const next = level.keys().next();
      if (next.done) continue;
      level.delete(next.value);
      this.#priorityOf.delete(next.value);
      this.#active.add(next.value);
      return next.value;
    }
    return undefined;
  }

  #signal(): void {
    this.#wake.resolve();
    this.#wake = deferred();
  }
}
