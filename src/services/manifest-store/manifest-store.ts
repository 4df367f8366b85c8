import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import type { Clock } from '#base/clock';
import { WindlassError } from '#base/errors';
import { sha256 } from '#base/hash';
import { parseExact, stringifyExact } from '#base/json';
import type { KubeObject } from '#libs/kube';

export interface ManifestStoreOptions {
  /** Made when missing. */
  readonly dir: string;
  readonly clock: Clock;
}

export interface GarbageOptions {
  /** What must stay: history, running operations, live desired state. */
  readonly keep: ReadonlySet<string>;
  /** Anything used within this time stays too: somebody may be about to refer to it. */
  readonly minAgeMs: number;
}

const format = 'windlass-manifests/v1';
const compress = promisify(gzip);
const decompress = promisify(gunzip);

/**
 * Rendered manifests under the hash of their content. Files are JSON lines, one object each below a line that names the
 * format; they appear whole or not at all, and are checked against their name whenever they are read.
 */
export class ManifestStore {
  readonly #dir: string;
  readonly #clock: Clock;

  constructor({ dir, clock }: ManifestStoreOptions) {
    this.#dir = dir;
    this.#clock = clock;
  }

  /** Stores objects in their order; the digest to get them by. The same objects in the same order have the same digest. */
  async put(objects: readonly KubeObject[]): Promise<string> {
    const text = [`{"format":"${format}","count":${objects.length}}`, ...objects.map(stringifyExact), ''].join('\n');
    const digest = sha256(text);
    const path = this.#pathOf(digest);
    if (await isThere(path)) {
      await this.#touch(path);
      return digest;
    }
    await mkdir(dirname(path), { recursive: true });
    const fresh = `${path}.${randomUUID()}.new`;
    try {
      await writeFile(fresh, await compress(text, { level: 1 }), { mode: 0o600, flush: true });
      await rename(fresh, path);
    } finally {
      await rm(fresh, { force: true });
    }
    return digest;
  }

  /** The objects of a digest; undefined when they are not in the store. Throws MANIFESTS_DAMAGED, never a shorter list. */
  async get(digest: string): Promise<KubeObject[] | undefined> {
    const path = this.#pathOf(digest);
    const packed = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!packed) return undefined;
    const text = await decompress(packed).then(
      (bytes) => bytes.toString('utf8'),
      () => '',
    );
    if (sha256(text) !== digest || !text.startsWith(`{"format":"${format}"`)) {
      // Out of the way, so that the next render of the same content can take its place.
      await rename(path, `${path}.damaged`).catch(() => undefined);
      throw damaged(digest);
    }
    await this.#touch(path);
    return text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => parseExact(line) as KubeObject);
  }

  async has(digest: string): Promise<boolean> {
    return isThere(this.#pathOf(digest));
  }

  /** Removes what nobody refers to and nobody used lately, and what an interrupted write left behind. */
  async collectGarbage({ keep, minAgeMs }: GarbageOptions): Promise<{ readonly removed: number }> {
    let removed = 0;
    for (const name of await readdir(this.#dir, { recursive: true }).catch(() => [])) {
      const path = join(this.#dir, name);
      const digest = /(?:^|\/)([0-9a-f]{64})\.gz/.exec(name)?.[1];
      if (digest === undefined || (keep.has(digest) && name.endsWith('.gz'))) continue;
      const used = await stat(path).catch(() => undefined);
      if (!used?.isFile() || this.#clock.now() - used.mtimeMs < minAgeMs) continue;
      await rm(path, { force: true });
      removed++;
    }
    return { removed };
  }

  #pathOf(digest: string): string {
    if (!/^[0-9a-f]{64}$/.test(digest)) throw invalidDigest(digest);
    return join(this.#dir, digest.slice(0, 2), `${digest}.gz`);
  }

  async #touch(path: string): Promise<void> {
    const now = new Date(this.#clock.now());
    await utimes(path, now, now).catch(() => undefined);
  }
}

export function createManifestStore(options: ManifestStoreOptions): ManifestStore {
  return new ManifestStore(options);
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function damaged(digest: string): WindlassError {
  return new WindlassError({
    code: 'MANIFESTS_DAMAGED',
    kind: 'Internal',
    message: `The stored manifests "${digest}" are damaged: their content does not match their name.`,
    hint: 'Refresh the application with a hard refresh: they are rendered again.',
    retry: 'never',
  });
}

function invalidDigest(digest: string): WindlassError {
  return new WindlassError({
    code: 'MANIFESTS_DIGEST_INVALID',
    kind: 'InvalidInput',
    message: `"${digest.slice(0, 100)}" is no digest of stored manifests.`,
  });
}
