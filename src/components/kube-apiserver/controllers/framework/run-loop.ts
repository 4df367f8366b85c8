import { isConflict } from '#libs/kube';
import { backoffDelay, withJitter } from '#base/backoff';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { Loop, LoopSpec } from './context.ts';

export interface RunningLoop extends Loop {
  /** Lets the loop begin; keys added before wait. */
  start(): void;
  close(): Promise<void>;
}

const retry = { baseMs: 5, factor: 2, maxMs: 60_000 };

/** Works on keys, each at most once at a time; a key added while it is worked on runs again after. Failures come back with backoff. */
export function runLoop(deps: { readonly clock: Clock; readonly log: Logger }, spec: LoopSpec): RunningLoop {
  const { clock, log } = deps;
  const stop = new AbortController();
  const queued = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const timers = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  const failures = new Map<string, number>();
  let isStarted = false;

  function pump(): void {
    if (!isStarted) return;
    for (const key of queued) {
      if (running.size >= (spec.workers ?? 5)) return;
      if (running.has(key)) continue;
      queued.delete(key);
      running.set(key, work(key));
    }
  }

  async function work(key: string): Promise<void> {
    try {
      const again = await spec.reconcile(key, stop.signal);
      failures.delete(key);
      if (again !== undefined) addAfter(key, again);
    } catch (error) {
      if (stop.signal.aborted) return;
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      if (!isConflict(error)) log.debug({ err: error, key, loop: spec.name }, 'Step failed; it is tried again');
      addAfter(key, withJitter(backoffDelay(retry, count), clock.random()));
    } finally {
      running.delete(key);
      pump();
    }
  }

  function add(key: string): void {
    if (stop.signal.aborted) return;
    queued.add(key);
    pump();
  }

  /** The earliest of several dates wins. */
  function addAfter(key: string, delayMs: number): void {
    const at = clock.now() + delayMs;
    const known = timers.get(key);
    if (stop.signal.aborted || (known && known.at <= at)) return;
    known?.cancel();
    const cancel = clock.after(delayMs, () => {
      timers.delete(key);
      add(key);
    });
    timers.set(key, { at, cancel });
  }

  return {
    add,
    addAfter,
    start() {
      isStarted = true;
      pump();
    },
    async close() {
      stop.abort();
      queued.clear();
      for (const { cancel } of timers.values()) cancel();
      await Promise.all(running.values());
    },
  };
}
