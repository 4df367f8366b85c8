import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { tempDir } from '#base/tempdir';
import { createHttpBackend } from '#libs/git';
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
  const { protocolVersion = 2 } = options;
  const backend = await createHttpBackend({ root: root.path, pusher: 'test', protocolVersion });
  const largeFiles = new Map<string, Uint8Array>();
  const server = await startHttpServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.includes('/info/lfs/') || url.pathname.startsWith('/lfs/')) {
      void answerLfs(request, response, largeFiles);
    } else backend(request, response, url.pathname);
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
