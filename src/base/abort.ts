import type { Clock } from './clock.ts';
import { WindlassError } from './errors.ts';

/** A signal that also aborts after `ms`, with an error that names what was waited for. Dispose it when done. */
export function withDeadline(
  clock: Clock,
  ms: number,
  what: string,
  parent?: AbortSignal,
): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const cancel = clock.after(ms, () =>
    controller.abort(
      new WindlassError({
        code: 'DEADLINE_EXCEEDED',
        kind: 'DeadlineExceeded',
        message: `Timed out after ${ms} ms waiting for ${what}.`,
      }),
    ),
  );
  const onParent = () => controller.abort(parent?.reason);
  if (parent?.aborted) onParent();
  else parent?.addEventListener('abort', onParent, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      cancel();
      parent?.removeEventListener('abort', onParent);
    },
  };
}

/** Resolves or rejects with `work`, or rejects as soon as the signal aborts. */
export function raceAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
