import { isConflict, isNotFound, WorkQueue } from '#libs/kube';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { Loop, LoopSpec } from './context.ts';

export interface RunningLoop extends Loop {
  /** Lets the loop begin; keys added before wait. */
  start(): void;
  close(): Promise<void>;
}

const backoff = { baseMs: 5, factor: 2, maxMs: 60_000 };

/** Works on keys, each at most once at a time. Failures come back with backoff. */
export function runLoop({ clock, log }: { readonly clock: Clock; readonly log: Logger }, spec: LoopSpec): RunningLoop {
  const stop = new AbortController();
  const queue = new WorkQueue({ clock, backoff, priorities: 1 });
  let running: Promise<void> | undefined;

  async function work(key: string): Promise<void> {
    try {
      const again = await spec.reconcile(key, stop.signal);
      if (again !== undefined) queue.addAfter(key, again);
    } catch (error) {
      // A conflict, or an object that is gone, means that the caches were a moment behind: the next attempt reads afresh.
      if (!stop.signal.aborted && !isConflict(error) && !isNotFound(error))
        log.debug({ err: error, key, loop: spec.name }, 'Step failed; it is tried again');
      throw error;
    }
  }

  return {
    add: (key) => queue.add(key),
    addAfter: (key, delayMs) => queue.addAfter(key, delayMs),
    start() {
      running ??= queue.run(spec.workers ?? 5, work, stop.signal);
    },
    async close() {
      stop.abort();
      queue.close();
      await running;
    },
  };
}
