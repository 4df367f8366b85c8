import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { exec } from '#base/exec';

export interface HttpBackendOptions {
  /** Folder with the bare repositories; `<root>/<name>.git` is served under `/<name>.git`. */
  readonly root: string;
  /** Who pushes; undefined refuses pushes. */
  readonly pusher?: string;
  /** 0 for a server that knows nothing of protocol version 2. Default 2. */
  readonly protocolVersion?: 0 | 2;
}

/** Answers one request of the smart HTTP protocol; `path` is the URL path below the mount point. */
export type HttpBackend = (request: IncomingMessage, response: ServerResponse, path: string) => void;

/** Git's own `http-backend` as a request handler. Throws EXEC_NOT_FOUND when git is not installed. */
export async function createHttpBackend({
  root,
  pusher,
  protocolVersion = 2,
}: HttpBackendOptions): Promise<HttpBackend> {
  const { stdout } = await exec('git', ['--exec-path']);
  const program = join(stdout.toString('utf8').trim(), 'git-http-backend');
  return (request, response, path) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const pathInfo = decodePath(path);
    if (pathInfo === undefined) {
      response.writeHead(400).end();
      return;
    }
    const protocol = request.headers['git-protocol'];
    const child = spawn(program, [], {
      env: {
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        REMOTE_ADDR: '127.0.0.1',
        ...(pusher === undefined ? {} : { REMOTE_USER: pusher }),
        REQUEST_METHOD: request.method,
        PATH_INFO: pathInfo,
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        ...(request.headers['content-length'] ? { CONTENT_LENGTH: request.headers['content-length'] } : {}),
        ...(request.headers['content-encoding'] ? { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] } : {}),
        ...(protocolVersion === 2 && typeof protocol === 'string' ? { GIT_PROTOCOL: protocol } : {}),
      },
    });
    request.pipe(child.stdin);
    child.stdin.on('error', () => undefined);
    child.stderr.resume();
    response.on('close', () => child.kill());
    child.on('error', () => response.destroy());
    let head: Buffer | undefined = Buffer.alloc(0);
    child.stdout.on('data', (chunk: Buffer) => {
      if (head === undefined) {
        response.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      writeHead(response, head.toString('latin1', 0, end));
      if (head.length > end + 4) response.write(head.subarray(end + 4));
      head = undefined;
    });
    child.stdout.on('end', () => response.end());
  };
}

/** The path without escapes; undefined when they are malformed or hide what no path of a repository holds. */
function decodePath(path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path);
    return decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
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
