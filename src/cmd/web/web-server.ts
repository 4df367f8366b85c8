import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from '#base/metrics';
import type { HttpBackend } from '#libs/git';
import { renderStatusPage } from './status-page.ts';

export interface ComponentHealth {
  readonly name: string;
  /** Undefined while healthy, else why not. */
  readonly problem?: string;
}

export interface WebServerOptions {
  readonly port: number;
  readonly metrics: Registry;
  readonly version: string;
  readonly isEmbedded: boolean;
  readonly health: () => readonly ComponentHealth[];
  /** Serves the demo's repositories, read-only, under /git/. */
  readonly git?: HttpBackend;
}

export interface WebServer {
  readonly url: string;
  close(): Promise<void>;
}

const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
};

/** The process's own web server on loopback: status page, health, metrics, and the demo's Git repositories. */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const server = createServer({ requestTimeout: 0, headersTimeout: 10_000 }, (request, response) =>
    answer(options, request, response),
  );
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function answer(options: WebServerOptions, request: IncomingMessage, response: ServerResponse): void {
  // A page of another site must not reach a loopback server through a name that it controls.
  if (!isLoopbackHost(request.headers.host))
    return send(response, 421, 'text/plain', 'This server answers for 127.0.0.1 and localhost only.\n');
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  if (path.startsWith('/git/') && options.git) return options.git(request, response, path.slice('/git'.length));
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return send(response, 405, 'text/plain', 'Method not allowed.\n');
  const unhealthy = options.health().filter((component) => component.problem !== undefined);
  if (path === '/healthz' || path === '/livez') return send(response, 200, 'text/plain', 'ok');
  if (path === '/readyz') {
    const text = unhealthy.map(({ name, problem }) => `${name}: ${problem}`).join('\n');
    return unhealthy.length === 0
      ? send(response, 200, 'text/plain', 'ok')
      : send(response, 503, 'text/plain', `${text}\n`);
  }
  if (path === '/metrics') {
    void options.metrics.metrics().then(
      (text) => send(response, 200, options.metrics.contentType, text),
      () => send(response, 500, 'text/plain', 'Metrics failed.\n'),
    );
    return;
  }
  if (path === '/') {
    const page = renderStatusPage({
      version: options.version,
      isEmbedded: options.isEmbedded,
      health: options.health(),
    });
    return send(response, 200, 'text/html; charset=utf-8', page);
  }
  send(response, 404, 'text/plain', 'Not found.\n');
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType, ...securityHeaders });
  response.end(body);
}
