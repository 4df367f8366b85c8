import { isConflict, isNotFound, WorkQueue } from '#libs/kube';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { Registry } from '#base/metrics';
import { counter } from '#base/metrics';
import type { Loop, LoopSpec } from './context.ts';

export interface RunningLoop extends Loop {
  /** Lets the loop begin; keys added before wait. */
  start(): void;
  close(): Promise<void>;
}

interface LoopDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Registry | undefined;
}

const backoff = { baseMs: 5, factor: 2, maxMs: 60_000 };

/** Works on keys, each at most once at a time. Failures come back with backoff. */
export function runLoop({ clock, log, metrics }: LoopDeps, spec: LoopSpec): RunningLoop {
  const steps =
    metrics && counter(metrics, 'windlass_kube_controller_steps_total', 'Steps of control loops.', ['loop', 'result']);
  const stop = new AbortController();
  const queue = new WorkQueue({ clock, backoff, priorities: 1 });
  let running: Promise<void> | undefined;

  async function work(key: string): Promise<void> {
    try {
      const again = await spec.reconcile(key, stop.signal);
      steps?.inc({ loop: spec.name, result: 'ok' });
      if (again !== undefined) queue.addAfter(key, again);
    } catch (error) {
      steps?.inc({ loop: spec.name, result: isConflict(error) ? 'conflict' : 'error' });
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
