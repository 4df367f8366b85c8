import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** An executable file, with the hash of what it is. */
export interface Program {
  readonly path: string;
  /** SHA-256 of the file, lower-case hex. */
  readonly digest: string;
}

/** The executable with one of these names in PATH, the first directory first; undefined when there is none. */
export async function findOnPath(
  names: readonly string[],
  searchPath = process.env['PATH'] ?? '',
): Promise<string | undefined> {
  for (const directory of searchPath.split(delimiter)) {
    if (!isAbsolute(directory)) continue;
    for (const name of names) if (await isExecutable(join(directory, name))) return join(directory, name);
  }
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Digests of files, each hashed again only when its size, time or inode changed. */
export class FileDigests {
  readonly #known = new Map<string, { readonly state: string; readonly digest: Promise<string> }>();

  async digest(path: string): Promise<string> {
    const { size, mtimeMs, ctimeMs, ino } = await stat(path);
    const state = [size, mtimeMs, ctimeMs, ino].join(' ');
    const known = this.#known.get(path);
    if (known?.state === state) return known.digest;
    const digest = hashFile(path);
    this.#known.set(path, { state, digest });
    digest.catch(() => this.#known.delete(path));
    return digest;
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>)
    hash.update(chunk);
  return hash.digest('hex');
}
