import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface LoggedRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly authorization: string | undefined;
  status: number;
  bytesIn: number;
  bytesOut: number;
}

export interface HttpServerOptions {
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
  /** Credentials that every request must carry. */
  readonly auth?: { readonly username: string; readonly password: string } | { readonly bearer: string };
  readonly port?: number;
}

/** Answers a request itself by returning true; otherwise the server goes on. */
export type Interceptor = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface HttpTestServer extends AsyncDisposable {
  readonly url: string;
  /** Every request so far. */
  readonly requests: LoggedRequest[];
  /** Looks at each request first: faults, redirects, hangs. */
  intercept: Interceptor | undefined;
}

/** A server on loopback that logs what it is asked and checks credentials, for the harness's servers to build on. */
export async function startHttpServer(
  listener: RequestListener,
  options: HttpServerOptions = {},
): Promise<HttpTestServer> {
  const requests: LoggedRequest[] = [];
  let handle: HttpTestServer;
  const onRequest: RequestListener = (request, response) => {
    requests.push(logRequest(request, response));
    if (handle.intercept?.(request, response)) return;
    if (isAuthorized(request, options.auth)) return listener(request, response);
    const scheme = options.auth && 'bearer' in options.auth ? 'Bearer' : 'Basic realm="test"';
    response.writeHead(401, { 'www-authenticate': scheme }).end('authentication required\n');
  };
  const { tls } = options;
  const clientAuth = tls?.clientCa ? { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true } : {};
  const server = tls
    ? createTlsServer({ cert: tls.cert, key: tls.key, ...clientAuth }, onRequest)
    : createServer(onRequest);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  handle = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    intercept: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return handle;
}

/** The whole body of a request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function logRequest(request: IncomingMessage, response: ServerResponse): LoggedRequest {
  const logged: LoggedRequest = {
    method: request.method ?? '',
    path: request.url ?? '',
    authorization: request.headers.authorization,
    status: 0,
    bytesIn: Number(request.headers['content-length'] ?? 0),
    bytesOut: 0,
  };
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  const count = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) logged.bytesOut += Buffer.byteLength(chunk);
    logged.status = response.statusCode;
  };
  response.write = ((chunk: unknown, ...rest: never[]) => (
    count(chunk),
    write(chunk, ...rest)
  )) as typeof response.write;
  response.end = ((chunk: unknown, ...rest: never[]) => (count(chunk), end(chunk, ...rest))) as typeof response.end;
  return logged;
}

function isAuthorized(request: IncomingMessage, auth: HttpServerOptions['auth']): boolean {
  if (!auth) return true;
  const expected =
    'bearer' in auth
      ? `Bearer ${auth.bearer}`
      : `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  return request.headers.authorization === expected;
}
