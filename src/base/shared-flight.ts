import { raceAbort } from './abort.ts';

interface Flight<T> {
  readonly controller: AbortController;
  readonly result: Promise<T>;
  callers: number;
}

/**
 * Callers that ask for the same key while a task runs share its result. One who gives up leaves the others alone; the task
 * is aborted when nobody waits for it any more.
 */
export class SharedFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  async run(key: string, signal: AbortSignal | undefined, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const flight = this.#flights.get(key) ?? this.#start(key, task);
    flight.callers++;
    try {
      return await raceAbort(flight.result, signal);
    } finally {
      if (--flight.callers === 0) {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        flight.controller.abort(new DOMException('Nobody waits for it any more.', 'AbortError'));
      }
    }
  }

  #start(key: string, task: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const result = task(controller.signal);
    // Whoever waits is told; when all have gone, nobody needs to be.
    result.catch(() => undefined);
    const flight = { controller, result, callers: 0 };
    this.#flights.set(key, flight);
    return flight;
  }
}
