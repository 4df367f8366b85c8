import { createServer } from 'node:https';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { failure, unauthorized } from '../answers/api-errors.ts';
import { accountExists } from '../authentication/account-exists.ts';
import { parseImpersonation } from '../authentication/impersonate.ts';
import type { UserIdentity } from '../authentication/user-identity.ts';
import { anonymous } from '../authentication/user-identity.ts';
import { authorizeImpersonation } from '../authorization/authorize.ts';
import type { ServerState } from '../operations/server-state.ts';
import type { ApiAnswer, ApiRequest, StreamBody } from './api-request.ts';
import { isStream } from './api-request.ts';
import { dispatch, statusAnswer, toStatus } from './dispatch.ts';
import type { NonResourceRoutes } from './non-resource-routes.ts';
import type { TlsIdentity } from './tls-identity.ts';

const bodyLimit = 3 * 1024 * 1024;
/** A watcher that does not read is cut off, as the real server does: it lists again. */
const backlogLimit = 64 * 1024 * 1024;
const gzipFrom = 128 * 1024;
const compress = promisify(gzip);

export interface HttpServerOptions {
  readonly server: ServerState;
  readonly routes: NonResourceRoutes;
  readonly identity: TlsIdentity;
  readonly host: string;
  readonly port: number;
}

export interface ListeningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the API over TLS. */
export async function listen({ server, routes, identity, host, port }: HttpServerOptions): Promise<ListeningServer> {
  const sockets = new Set<Socket>();
  const http = createServer(
    { key: identity.keyPem, cert: identity.certificatePem, keepAliveTimeout: 90_000 },
    (message, response) => {
      answerRequest({ server, routes }, message, response).catch((error: unknown) => {
        server.log.error({ err: error }, 'An answer could not be sent');
        response.destroy();
      });
    },
  );
  // Raw connections: those still in their handshake must not hold up the end either.
  http.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
  });
  await listening(http, host, port);
  return {
    port: (http.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listening(http: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.removeListener('error', reject);
      resolve();
    });
  });
}

interface Serving {
  readonly server: ServerState;
  readonly routes: NonResourceRoutes;
}

async function answerRequest(
  { server, routes }: Serving,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let answer: ApiAnswer;
  try {
    const user = authenticate(server, message);
    const request = await readRequest(message, user);
    answer = await dispatch(server, routes, request);
  } catch (error) {
    answer = statusAnswer(toStatus(server, error));
  }
  await send(answer, message, response);
}

/** Who sends the request: bearer token, then impersonation. Throws 401 for a token that is none. */
function authenticate(server: ServerState, { headers }: IncomingMessage): UserIdentity {
  const match = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '');
  const user = match
    ? server.tokens.identify(match[1] ?? '', (namespace, name, uid) =>
        accountExists(server.store, { namespace, name, uid }),
      )
    : anonymous;
  if (!user) throw unauthorized();
  const wanted = parseImpersonation(headers);
  if (!wanted) return user;
  authorizeImpersonation(server, user, wanted);
  return wanted;
}

async function readRequest(message: IncomingMessage, user: UserIdentity): Promise<ApiRequest> {
  const url = new URL(message.url ?? '/', 'https://localhost');
  const { headers } = message;
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    accept: headers.accept ?? '',
    contentType: headers['content-type'] ?? '',
    userAgent: headers['user-agent'] ?? '',
    body: await readBody(message),
    user,
  };
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  if (message.method === 'GET' || message.method === 'HEAD') return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) {
      throw failure({
        code: 413,
        reason: 'RequestEntityTooLarge',
        message: `Request entity too large: limit is ${bodyLimit}`,
      });
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

async function send(
  { status, headers, body }: ApiAnswer,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isZipped = /\bgzip\b/.test(message.headers['accept-encoding'] ?? '');
  const all = { 'cache-control': 'no-cache, private', ...headers };
  if (isStream(body)) {
    response.writeHead(status, all);
    response.flushHeaders();
    return sendStream(body, response);
  }
  if (isZipped && body.length >= gzipFrom) {
    const zipped = await compress(body, { level: 1 });
    response.writeHead(status, {
      ...all,
      'content-encoding': 'gzip',
      vary: 'Accept-Encoding',
      'content-length': zipped.length,
    });
    response.end(message.method === 'HEAD' ? undefined : zipped);
    return;
  }
  response.writeHead(status, { ...all, 'content-length': body.length });
  response.end(message.method === 'HEAD' ? undefined : body);
}

function sendStream(body: StreamBody, response: ServerResponse): void {
  response.on('close', () => body.stop());
  if (response.destroyed) return body.stop();
  body.start(
    (chunk) => {
      response.write(chunk);
      if (response.writableLength > backlogLimit) response.destroy();
    },
    () => response.end(),
  );
}
