import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { WindlassError } from '#base/errors';
import { readTar } from './read-tar.ts';
import { archiveTooLarge, invalidArchive } from './registry-errors.ts';

/** What an archive may hold (`safety.md` §3, input limits). */
export interface ArchiveLimits {
  readonly maxTotalBytes: number;
  readonly maxFileBytes: number;
  readonly maxEntries: number;
  /** Unpacked bytes for each packed byte. */
  readonly maxRatio: number;
}

export const defaultArchiveLimits: ArchiveLimits = Object.freeze({
  maxTotalBytes: 100 * 1024 * 1024,
  maxFileBytes: 5 * 1024 * 1024,
  maxEntries: 20_000,
  maxRatio: 100,
});

export interface ExtractOptions {
  /** A tar file, gzip'ed or not. */
  readonly file: string;
  /** A directory that does not exist yet; it appears only when everything is in it. */
  readonly into: string;
  readonly limits?: Partial<ArchiveLimits>;
  readonly signal?: AbortSignal | undefined;
}

/** Small archives compress well without being bombs. */
const ratioAppliesFromBytes = 1024 * 1024;

/**
 * Unpacks a tar archive into a directory of read-only files. An archive with a link, a special file, a path that climbs
 * or two names that some file system takes for one is refused as a whole, and nothing of it stays. Returns how many bytes
 * the files have; throws ARCHIVE_INVALID and ARCHIVE_LIMIT.
 */
export async function extractArchive({ file, into, limits: given, signal }: ExtractOptions): Promise<number> {
  const limits = { ...defaultArchiveLimits, ...given };
  const fresh = `${into}.${randomUUID()}.new`;
  await mkdir(fresh, { recursive: true });
  try {
    const packedBytes = (await stat(file)).size;
    const bytes = await unpack(file, fresh, { limits, packedBytes, signal });
    await rename(fresh, into).catch((error: NodeJS.ErrnoException) => {
      // Somebody else was quicker with the same content.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    return bytes;
  } catch (error) {
    if (error instanceof WindlassError || signal?.aborted) throw error;
    throw isZlibError(error) ? invalidArchive('its compression is damaged') : error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

interface Unpack {
  readonly limits: ArchiveLimits;
  readonly packedBytes: number;
  readonly signal: AbortSignal | undefined;
}

async function unpack(file: string, into: string, { limits, packedBytes, signal }: Unpack): Promise<number> {
  const seen = new SeenNames();
  let bytes = 0;
  const write = async (chunks: AsyncIterable<Buffer>) => {
    for await (const { name, mode, content } of readTar(limited(chunks, limits, packedBytes), limits)) {
      if ((mode & 0o6000) !== 0) throw invalidArchive(`"${name.slice(0, 100)}" changes the user it runs as`);
      const path = seen.add(name);
      bytes += content.length;
      await mkdir(join(into, dirname(path)), { recursive: true });
      await writeFile(join(into, path), content, { flag: 'wx', mode: (mode & 0o111) === 0 ? 0o444 : 0o555 });
    }
  };
  const source = createReadStream(file);
  const options = signal ? { signal } : {};
  if (await isGzip(file)) await pipeline(source, createGunzip(), write, options);
  else await pipeline(source, write, options);
  return bytes;
}

async function* limited(
  chunks: AsyncIterable<Buffer>,
  limits: ArchiveLimits,
  packedBytes: number,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limits.maxTotalBytes) throw archiveTooLarge(`it unpacks to more than ${limits.maxTotalBytes} bytes`);
    if (bytes > ratioAppliesFromBytes && bytes > packedBytes * limits.maxRatio) {
      throw archiveTooLarge(`it unpacks to more than ${limits.maxRatio} times its size`);
    }
    yield chunk;
  }
}

/** The paths taken so far; also as a file system that folds case and accents would see them. */
class SeenNames {
  readonly #files = new Set<string>();
  readonly #folders = new Map<string, string>();

  /** The path to write, checked. Throws ARCHIVE_INVALID. */
  add(name: string): string {
    const shown = JSON.stringify(name.slice(0, 100));
    if (name.startsWith('/') || /[\0\\]/.test(name) || name.length > 4096)
      throw invalidArchive(`the name ${shown} is not permitted`);
    const steps = name.split('/').filter((step) => step !== '' && step !== '.');
    if (steps.length === 0 || steps.includes('..')) throw invalidArchive(`the name ${shown} leads out of the archive`);
    for (let i = 1; i < steps.length; i++) this.#addFolder(steps.slice(0, i).join('/'), shown);
    const path = steps.join('/');
    if (this.#files.has(fold(path)) || this.#folders.has(fold(path)))
      throw invalidArchive(`the name ${shown} occurs twice`);
    this.#files.add(fold(path));
    return path;
  }

  #addFolder(path: string, shown: string): void {
    const folded = fold(path);
    if (this.#files.has(folded) || (this.#folders.get(folded) ?? path) !== path)
      throw invalidArchive(`the name ${shown} collides with another`);
    this.#folders.set(folded, path);
  }
}

function fold(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}
