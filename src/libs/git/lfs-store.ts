import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { WindlassError } from '#base/errors';
import { isRecord } from '#base/json';
import { Limiter } from '#base/limiter';
import { SingleFlight } from '#base/single-flight';
import type { HttpRemote } from './http-remote.ts';
import type { LfsPointer } from './lfs-pointer.ts';
import { isLoopback } from './remote-url.ts';

const mediaType = 'application/vnd.git-lfs+json';
const batchDeadlineMs = 15_000;
const downloadDeadlineMs = 300_000;
const maxFileBytes = 1024 * 1024 * 1024;
const downloadsAtOnce = 4;

interface Download {
  readonly href: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Content of Large File Storage by SHA-256, on disk, fetched once through the server's batch API. */
export class LfsStore {
  readonly #dir: string;
  readonly #flights = new SingleFlight<void>();
  readonly #downloads = new Limiter(downloadsAtOnce);

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Makes the content of all pointers available. Throws LFS_FAILED and GIT_LIMIT_EXCEEDED. */
  async ensure(remote: HttpRemote, pointers: readonly LfsPointer[], signal?: AbortSignal): Promise<void> {
    const distinct = [...new Map(pointers.map((pointer) => [pointer.oid, pointer])).values()];
    const held = await Promise.all(distinct.map((pointer) => this.#isHeld(pointer)));
    const missing = distinct.filter((_, i) => !held[i]);
    if (missing.length === 0) return;
    const tooLarge = missing.find(({ size }) => size > maxFileBytes);
    if (tooLarge) throw lfsFailed(`an object of ${tooLarge.size} bytes is over the limit of ${maxFileBytes}`);
    const downloads = await askBatch(remote, missing, signal);
    await Promise.all(
      missing.map((pointer) => {
        const download = downloads.get(pointer.oid);
        if (!download) throw lfsFailed(`the server does not offer the object "${pointer.oid}"`);
        const fetch = () => this.#download(remote, pointer, download, signal);
        return this.#flights.run(pointer.oid, () => this.#downloads.run(fetch));
      }),
    );
  }

  /** Where the content of a pointer is, once `ensure` has returned. */
  path({ oid }: LfsPointer): string {
    return join(this.#dir, oid.slice(0, 2), oid);
  }

  async #isHeld(pointer: LfsPointer): Promise<boolean> {
    const found = await stat(this.path(pointer)).catch(() => undefined);
    return found?.size === pointer.size;
  }

  async #download(remote: HttpRemote, pointer: LfsPointer, download: Download, signal?: AbortSignal): Promise<void> {
    const path = this.path(pointer);
    await mkdir(dirname(path), { recursive: true });
    const fresh = `${path}.${process.pid}.new`;
    const hash = createHash('sha256');
    let bytes = 0;
    const call = {
      method: 'GET',
      url: download.href,
      headers: download.headers,
      signal,
      deadlineMs: downloadDeadlineMs,
    } as const;
    try {
      await remote.send(call, (answer) =>
        pipeline(
          answer.body,
          async function* check(chunks: AsyncIterable<Buffer>) {
            for await (const chunk of chunks) {
              bytes += chunk.length;
              if (bytes > pointer.size) throw lfsFailed(`the object "${pointer.oid}" is longer than its pointer says`);
              hash.update(chunk);
              yield chunk;
            }
          },
          createWriteStream(fresh),
        ),
      );
      if (hash.digest('hex') !== pointer.oid)
        throw lfsFailed(`the content of "${pointer.oid}" does not match its hash`);
      await rename(fresh, path);
    } finally {
      await rm(fresh, { force: true });
    }
  }
}

/** The server that belongs to the repository itself: what `.lfsconfig` says is the repository's word, not the user's. */
function batchUrl(repositoryUrl: string): string {
  return `${repositoryUrl.endsWith('.git') ? repositoryUrl : `${repositoryUrl}.git`}/info/lfs/objects/batch`;
}

async function askBatch(
  remote: HttpRemote,
  missing: readonly LfsPointer[],
  signal?: AbortSignal,
): Promise<Map<string, Download>> {
  const body = JSON.stringify({ operation: 'download', transfers: ['basic'], hash_algo: 'sha256', objects: missing });
  const call = {
    method: 'POST',
    url: batchUrl(remote.remote.url),
    headers: { accept: mediaType, 'content-type': mediaType },
    body,
    signal,
    deadlineMs: batchDeadlineMs,
  } as const;
  const answer: unknown = await remote
    .send(call, ({ body: json }) => json.json())
    .catch((error: unknown) => {
      const isMissing = error instanceof WindlassError && error.code === 'GIT_REPOSITORY_NOT_FOUND';
      throw isMissing ? lfsFailed('the server keeps no large files for this repository') : error;
    });
  const objects = isRecord(answer) && Array.isArray(answer['objects']) ? answer['objects'] : [];
  return new Map(objects.flatMap((object) => readDownload(remote, object)));
}

function readDownload(remote: HttpRemote, object: unknown): [string, Download][] {
  if (!isRecord(object) || typeof object['oid'] !== 'string' || !isRecord(object['actions'])) return [];
  const action = object['actions']['download'];
  if (!isRecord(action) || typeof action['href'] !== 'string' || !URL.canParse(action['href'])) return [];
  const url = new URL(action['href']);
  // A server elsewhere must not make us talk to what listens on this machine.
  const isLocal = isLoopback(url.hostname) && isLoopback(new URL(remote.remote.url).hostname);
  const isPlain = url.protocol === 'http:' && (remote.access.insecure || isLocal);
  if (url.protocol !== 'https:' && !isPlain) throw lfsFailed('the server sends downloads over plain http');
  const headers = Object.entries(isRecord(action['header']) ? action['header'] : {})
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([name, value]) => [name.toLowerCase(), value] as const);
  return [[object['oid'], { href: action['href'], headers: Object.fromEntries(headers) }]];
}

function lfsFailed(why: string): WindlassError {
  return new WindlassError({
    code: 'LFS_FAILED',
    kind: 'Unavailable',
    message: `A file in Large File Storage could not be fetched: ${why}.`,
    hint: 'Check that the object was pushed ("git lfs push --all") and that the credentials may read it.',
  });
}
