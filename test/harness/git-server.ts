import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { exec } from '#base/exec';
import { tempDir } from '#base/tempdir';
import { readBody, startHttpServer } from './http-server.ts';
import type { HttpServerOptions, HttpTestServer } from './http-server.ts';
import { createTestRepository, lfsPointer } from './test-repository.ts';
import type { Files, TestRepository } from './test-repository.ts';

export interface GitServerOptions extends HttpServerOptions {
  /** 0 for a server that knows nothing of protocol version 2. Default 2. */
  readonly protocolVersion?: 0 | 2;
}

export interface GitServer extends HttpTestServer {
  /** Where the bare repositories lie. */
  readonly dir: string;
  createRepository(name: string, files?: Files): Promise<TestRepository & { readonly url: string }>;
  /** Puts content into Large File Storage; the pointer file that stands for it. */
  storeLfs(content: string | Uint8Array): string;
}

/** Real `git http-backend` behind node:http on loopback: smart protocol, pushes too, and the LFS batch API. */
export async function startGitServer(options: GitServerOptions = {}): Promise<GitServer> {
  const root = await tempDir('git-server-');
  const { stdout } = await exec('git', ['--exec-path']);
  const backend = join(stdout.toString('utf8').trim(), 'git-http-backend');
  const largeFiles = new Map<string, Uint8Array>();
  const server = await startHttpServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.includes('/info/lfs/') || url.pathname.startsWith('/lfs/')) {
      void answerLfs(request, response, largeFiles);
    } else runBackend({ backend, root: root.path, version: options.protocolVersion ?? 2 }, request, response);
  }, options);
  return Object.assign(server, {
    dir: root.path,
    createRepository: async (name: string, files?: Files) => {
      const repository = await createTestRepository(join(root.path, `${name}.git`), name, files);
      return { ...repository, url: `${server.url}/${name}.git` };
    },
    storeLfs: (content: string | Uint8Array) => {
      const { oid, pointer } = lfsPointer(content);
      largeFiles.set(oid, Buffer.from(content));
      return pointer;
    },
    [Symbol.asyncDispose]: closeBoth(server[Symbol.asyncDispose].bind(server), () => root[Symbol.asyncDispose]()),
  });
}

function closeBoth(first: () => PromiseLike<void>, second: () => PromiseLike<void>): () => Promise<void> {
  return async () => {
    await first();
    await second();
  };
}

interface Backend {
  readonly backend: string;
  readonly root: string;
  readonly version: 0 | 2;
}

function runBackend({ backend, root, version }: Backend, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const protocol = request.headers['git-protocol'];
  const child = spawn(backend, [], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      REMOTE_USER: 'test',
      REMOTE_ADDR: '127.0.0.1',
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      ...(request.headers['content-length'] ? { CONTENT_LENGTH: request.headers['content-length'] } : {}),
      ...(request.headers['content-encoding'] ? { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] } : {}),
      ...(version === 2 && typeof protocol === 'string' ? { GIT_PROTOCOL: protocol } : {}),
    },
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  child.stderr.resume();
  response.on('close', () => child.kill());
  child.on('error', () => response.destroy());
  let head: Buffer | undefined = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (head === undefined) response.write(chunk);
    else {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      writeHead(response, head.toString('latin1', 0, end));
      if (head.length > end + 4) response.write(head.subarray(end + 4));
      head = undefined;
    }
  });
  child.stdout.on('end', () => response.end());
}

/** The backend answers as CGI programs do: the status stands among the headers. */
function writeHead(response: ServerResponse, text: string): void {
  let status = 200;
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}

async function answerLfs(
  request: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  if (request.method === 'GET') {
    const content = files.get(path.split('/').at(-1) ?? '');
    return void (content ? response.writeHead(200).end(content) : response.writeHead(404).end());
  }
  const asked = JSON.parse((await readBody(request)).toString('utf8')) as { objects: { oid: string; size: number }[] };
  const objects = asked.objects.map(({ oid, size }) =>
    files.has(oid)
      ? {
          oid,
          size,
          actions: { download: { href: `http://${request.headers.host}/lfs/${oid}`, header: { 'X-Test': 'yes' } } },
        }
      : { oid, size, error: { code: 404, message: 'not found' } },
  );
  response
    .writeHead(200, { 'content-type': 'application/vnd.git-lfs+json' })
    .end(JSON.stringify({ transfer: 'basic', objects }));
}
