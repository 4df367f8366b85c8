import { timingSafeEqual, createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { chmod, rm } from 'node:fs/promises';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { raceAbort, withDeadline } from '#base/abort';
import type { Clock } from '#base/clock';
import { WindlassError, errorTable, toWindlassError } from '#base/errors';
import { readAll } from '#base/exec';
import { parseExact } from '#base/json';
import type { Logger } from '#base/log';
import type { Secret } from '#base/secret';
import { assertValid } from './assert-valid.ts';
import type { Contract, ContractMethod, HandlersOf } from './contract.ts';
import { deadlineHeader, encodeFrame, tokenHeader } from './http-framing.ts';

export interface ServeOptions {
  /** A path for a unix socket in a private directory, or a port on 127.0.0.1 (0 for any free one). */
  readonly listen: { readonly socket: string } | { readonly port: number };
  /** Who calls must show it. Make a new one at each start. */
  readonly token: Secret;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default 100 MB. */
  readonly maxRequestBytes?: number;
}

export interface RpcServer extends AsyncDisposable {
  /** `http://127.0.0.1:port`, or `unix:/path`. */
  readonly address: string;
  close(): Promise<void>;
}

type AnyHandler = (request: unknown, context: { signal: AbortSignal }) => Promise<unknown> | AsyncIterable<unknown>;

/** Serves a contract over HTTP on this machine. A caller without the token learns nothing, not even which methods exist. */
export async function serveHttp<C extends Contract>(
  contract: C,
  handlers: HandlersOf<C>,
  options: ServeOptions,
): Promise<RpcServer> {
  const { listen } = options;
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 10_000 }, (request, response) => {
    void serve(contract, handlers, options, { request, response });
  });
  if ('socket' in listen) await rm(listen.socket, { force: true });
  server.listen('socket' in listen ? { path: listen.socket } : { host: '127.0.0.1', port: listen.port });
  await once(server, 'listening');
  if ('socket' in listen) await chmod(listen.socket, 0o600);
  const close = () => closeServer(server);
  const address =
    'socket' in listen ? `unix:${listen.socket}` : `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, close, [Symbol.asyncDispose]: close };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function serve<C extends Contract>(
  contract: C,
  handlers: HandlersOf<C>,
  options: ServeOptions,
  { request, response }: Exchange,
): Promise<void> {
  const abort = new AbortController();
  response.on('close', () => {
    // The caller went away before the answer was complete.
    if (!response.writableFinished) abort.abort(new DOMException('The caller went away.', 'AbortError'));
  });
  try {
    assertToken(request, options);
    const name = (request.url ?? '').replace(`/${contract.name}/`, '');
    const method = Object.hasOwn(contract.methods, name) ? contract.methods[name] : undefined;
    if (request.method !== 'POST' || !method) throw unknownMethod();
    const body = parseExact(await readAll(request, options.maxRequestBytes ?? 100 * 1024 * 1024));
    assertValid(method.request, body, `request of ${contract.name}.${name}`);
    const handler = handlers[name as keyof C['methods']] as AnyHandler;
    using deadline = withDeadline(options.clock, deadlineOf(request, method), `${contract.name}.${name}`, abort.signal);
    await answer(response, method, handler(body, { signal: deadline.signal }), deadline.signal);
  } catch (error) {
    if (abort.signal.aborted) return;
    fail(response, error, options.log);
  }
}

async function answer(
  response: ServerResponse,
  method: ContractMethod,
  result: Promise<unknown> | AsyncIterable<unknown>,
  signal: AbortSignal,
): Promise<void> {
  if (method.type === 'unary') {
    const value = await raceAbort(result as Promise<unknown>, signal);
    assertValid(method.response, value, 'answer');
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.end(encodeFrame({ type: 'value', value }));
    return;
  }
  const items = (result as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await raceAbort(items.next(), signal);
      if (next.done) break;
      assertValid(method.item, next.value, 'item');
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      if (!response.write(encodeFrame({ type: 'value', value: next.value })))
        await raceAbort(once(response, 'drain'), signal);
    }
  } finally {
    void items.return?.()?.catch(() => undefined);
  }
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.end(encodeFrame({ type: 'end' }));
}

function fail(response: ServerResponse, thrown: unknown, log: Logger): void {
  const error = toWindlassError(thrown);
  if (error.kind === 'Internal') log.error({ err: error }, 'A call failed');
  if (!response.headersSent)
    response.writeHead(errorTable[error.kind].http, { 'content-type': 'application/x-ndjson' });
  response.end(encodeFrame({ type: 'error', error: error.toJSON() }));
}

function assertToken(request: IncomingMessage, { token, log }: ServeOptions): void {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const given = request.headers[tokenHeader] ?? '';
  if (timingSafeEqual(digest(given), digest(`Bearer ${token.reveal()}`))) return;
  log.warn({ remote: request.socket.remoteAddress }, 'Refused a call without the right token');
  throw new WindlassError({
    code: 'RPC_UNAUTHENTICATED',
    kind: 'Unauthenticated',
    message: 'The call does not carry the right token.',
  });
}

function deadlineOf(request: IncomingMessage, method: ContractMethod): number {
  const asked = Number(request.headers[deadlineHeader]);
  const longest = 2 ** 31 - 1;
  if (Number.isFinite(asked) && asked > 0) return Math.min(asked, longest);
  return method.type === 'unary' ? method.deadlineMs : longest;
}

function unknownMethod(): WindlassError {
  return new WindlassError({ code: 'RPC_METHOD_UNKNOWN', kind: 'Unimplemented', message: 'There is no such method.' });
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
