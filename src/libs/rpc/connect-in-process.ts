import { raceAbort, withDeadline } from '#base/abort';
import type { Clock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import { assertValid } from './assert-valid.ts';
import type { CallOptions, ClientOf, Contract, HandlersOf, StreamMethod, UnaryMethod } from './contract.ts';

type AnyHandler = (request: unknown, context: { signal: AbortSignal }) => Promise<unknown> | AsyncIterable<unknown>;

/**
 * A client in the same process: the same checks, deadlines and errors as over the network, but requests and answers are
 * passed by reference.
 */
export function connectInProcess<C extends Contract>(
  contract: C,
  handlers: HandlersOf<C>,
  { clock }: { readonly clock: Clock },
): ClientOf<C> {
  const calls = Object.entries(contract.methods).map(([name, method]) => {
    const handler = handlers[name as keyof C['methods']] as AnyHandler;
    const label = `${contract.name}.${name}`;
    return [
      name,
      method.type === 'unary' ? unaryCall(label, method, handler, clock) : streamCall(label, method, handler, clock),
    ];
  });
  // Object.fromEntries forgets which method belongs to which name; the contract knows.
  return Object.fromEntries(calls) as ClientOf<C>;
}

function unaryCall(label: string, method: UnaryMethod, handler: AnyHandler, clock: Clock) {
  return async (request: unknown, { signal, deadlineMs = method.deadlineMs }: CallOptions = {}): Promise<unknown> => {
    assertValid(method.request, request, `request of ${label}`);
    using deadline = withDeadline(clock, deadlineMs, label, signal);
    try {
      const answer = await raceAbort(
        handler(request, { signal: deadline.signal }) as Promise<unknown>,
        deadline.signal,
      );
      assertValid(method.response, answer, `answer of ${label}`);
      return answer;
    } catch (error) {
      throw toWindlassError(error);
    }
  };
}

function streamCall(label: string, method: StreamMethod, handler: AnyHandler, clock: Clock) {
  return async function* stream(request: unknown, { signal, deadlineMs }: CallOptions = {}): AsyncGenerator<unknown> {
    assertValid(method.request, request, `request of ${label}`);
    const controller = new AbortController();
    using deadline = deadlineMs === undefined ? undefined : withDeadline(clock, deadlineMs, label, signal);
    const parent = deadline?.signal ?? signal;
    const onAbort = () => controller.abort(parent?.reason);
    if (parent?.aborted) onAbort();
    parent?.addEventListener('abort', onAbort, { once: true });
    const items = (handler(request, { signal: controller.signal }) as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await raceAbort(items.next(), controller.signal);
        if (next.done) return;
        assertValid(method.item, next.value, `item of ${label}`);
        yield next.value;
      }
    } catch (error) {
      throw toWindlassError(error);
    } finally {
      parent?.removeEventListener('abort', onAbort);
      // The caller went away, the deadline passed, or it is over: the handler learns of it.
      controller.abort(new DOMException('The stream was closed.', 'AbortError'));
      void items.return?.()?.catch(() => undefined);
    }
  };
}
