import { Agent, request } from 'undici';
import { withDeadline } from '#base/abort';
import type { Clock } from '#base/clock';
import { WindlassError, toWindlassError } from '#base/errors';
import { stringifyExact } from '#base/json';
import type { Secret } from '#base/secret';
import { assertValid } from './assert-valid.ts';
import type { CallOptions, ClientOf, Contract, ContractMethod } from './contract.ts';
import { cutOff, deadlineHeader, readFrames, tokenHeader } from './http-framing.ts';

export interface ConnectOptions {
  /** As `serveHttp` says it. */
  readonly address: string;
  readonly token: Secret;
  readonly clock: Clock;
  /** Longest message. Default 100 MB. */
  readonly maxMessageBytes?: number;
}

export interface HttpClient<C extends Contract> extends AsyncDisposable {
  readonly client: ClientOf<C>;
  close(): Promise<void>;
}

interface Connection {
  readonly options: ConnectOptions;
  readonly agent: Agent;
  readonly origin: string;
}

/** A client of a contract that another process on this machine serves. */
export function connectHttp<C extends Contract>(contract: C, options: ConnectOptions): HttpClient<C> {
  const socketPath = options.address.startsWith('unix:') ? options.address.slice('unix:'.length) : undefined;
  const timeouts = { headersTimeout: 0, bodyTimeout: 0, connections: 128 };
  const agent = new Agent(socketPath === undefined ? timeouts : { ...timeouts, connect: { socketPath } });
  const connection = { options, agent, origin: socketPath === undefined ? options.address : 'http://localhost' };
  const calls = Object.entries(contract.methods).map(([name, method]) => {
    const path = `/${contract.name}/${name}`;
    return [name, method.type === 'unary' ? unaryCall(connection, path, method) : streamCall(connection, path, method)];
  });
  const close = () => agent.destroy();
  // Object.fromEntries forgets which method belongs to which name; the contract knows.
  return { client: Object.fromEntries(calls) as ClientOf<C>, close, [Symbol.asyncDispose]: close };
}

function unaryCall(connection: Connection, path: string, method: Extract<ContractMethod, { type: 'unary' }>) {
  return async (message: unknown, { signal, deadlineMs = method.deadlineMs }: CallOptions = {}): Promise<unknown> => {
    assertValid(method.request, message, `request of ${path}`);
    using deadline = withDeadline(connection.options.clock, deadlineMs, path, signal);
    for await (const value of receive(connection, path, message, { signal: deadline.signal, deadlineMs })) {
      assertValid(method.response, value, `answer of ${path}`);
      return value;
    }
    throw cutOff();
  };
}

function streamCall(connection: Connection, path: string, method: Extract<ContractMethod, { type: 'stream' }>) {
  return async function* stream(message: unknown, { signal, deadlineMs }: CallOptions = {}): AsyncGenerator<unknown> {
    assertValid(method.request, message, `request of ${path}`);
    using deadline =
      deadlineMs === undefined ? undefined : withDeadline(connection.options.clock, deadlineMs, path, signal);
    const bound = deadline?.signal ?? signal;
    for await (const value of receive(connection, path, message, {
      ...(bound ? { signal: bound } : {}),
      deadlineMs,
      isStream: true,
    })) {
      assertValid(method.item, value, `item of ${path}`);
      yield value;
    }
  };
}

interface Bounds {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number | undefined;
  readonly isStream?: boolean;
}

async function* receive(
  { options, agent, origin }: Connection,
  path: string,
  message: unknown,
  { signal, deadlineMs, isStream }: Bounds,
): AsyncGenerator<unknown> {
  try {
    const { body } = await request(`${origin}${path}`, {
      method: 'POST',
      dispatcher: agent,
      body: stringifyExact(message),
      headers: {
        'content-type': 'application/json',
        [tokenHeader]: `Bearer ${options.token.reveal()}`,
        ...(deadlineMs === undefined ? {} : { [deadlineHeader]: String(Math.ceil(deadlineMs)) }),
      },
      ...(signal ? { signal } : {}),
    });
    for await (const frame of readFrames(body, options.maxMessageBytes ?? 100 * 1024 * 1024)) {
      if (frame.type === 'error') throw new WindlassError(frame.error);
      if (frame.type === 'end') return;
      yield frame.value;
    }
    if (isStream) throw cutOff();
  } catch (error) {
    if (signal?.aborted) throw toWindlassError(signal.reason);
    throw error instanceof WindlassError ? error : cutOff(error);
  }
}
