import { describe, expect, it } from 'vitest';
import { deferred } from './deferred.ts';
import { SharedFlight } from './shared-flight.ts';

describe('SharedFlight', () => {
  it('runs once for all, and survives one who gives up', async () => {
    const flights = new SharedFlight<number>();
    const work = deferred<number>();
    const signals: AbortSignal[] = [];
    const task = (signal: AbortSignal) => (signals.push(signal), work.promise);
    const impatient = new AbortController();
    const first = flights.run('k', impatient.signal, task);
    const second = flights.run('k', undefined, task);
    impatient.abort(new Error('too slow'));
    await expect(first).rejects.toThrow('too slow');
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    work.resolve(7);
    expect(await second).toBe(7);
  });

  it('aborts the task when nobody waits any more, and starts anew for the next', async () => {
    const flights = new SharedFlight<number>();
    const signals: AbortSignal[] = [];
    const never = (signal: AbortSignal) => (signals.push(signal), deferred<number>().promise);
    const impatient = new AbortController();
    const call = flights.run('k', impatient.signal, never);
    impatient.abort(new Error('too slow'));
    await expect(call).rejects.toThrow('too slow');
    expect(signals[0]?.aborted).toBe(true);
    expect(await flights.run('k', undefined, async () => 1)).toBe(1);
  });
});
