import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import { SingleFlight } from './single-flight.ts';

export interface ContentDirectoriesOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Budget over all directories. */
  readonly maxBytes: number;
}

/** Nobody may lose a directory that was handed out this recently. */
const inUseMs = 15 * 60_000;
const touchEveryMs = 60_000;
const workPrefix = '.new-';
const sizeSuffix = '.size';

/**
 * Directories by content id: written once to a temporary place, renamed, never changed, shared by everybody who asks for
 * the same id, and removed when they were not asked for lately and space is short. A directory's time is that of its last
 * use.
 */
export class ContentDirectories {
  readonly #options: ContentDirectoriesOptions;
  readonly #writes = new SingleFlight<string>();
  readonly #touched = new Map<string, number>();
  #bytes: number;

  private constructor(options: ContentDirectoriesOptions, bytes: number) {
    this.#options = options;
    this.#bytes = bytes;
  }

  /** Opens the collection and sweeps what killed writers left behind. */
  static async open(options: ContentDirectoriesOptions): Promise<ContentDirectories> {
    const { dir, clock } = options;
    await mkdir(dir, { recursive: true, mode: 0o755 });
    for (const name of (await readdir(dir)).filter((n) => n.startsWith(workPrefix))) {
      const path = join(dir, name);
      if ((await stat(path)).mtimeMs < clock.now() - inUseMs) await rm(path, { recursive: true, force: true });
    }
    return new ContentDirectories(options, totalBytes(await readSizes(dir)));
  }

  /**
   * The directory of that id; it stays for at least 15 minutes. When it is not there, `write` is called with the path of a
   * directory that it must make, and says how many bytes it wrote.
   */
  provide(id: string, write: (into: string) => Promise<number>): Promise<string> {
    return this.#writes.run(id, async () => {
      const path = join(this.#options.dir, id);
      if (await this.#use(path)) return path;
      await this.#write(id, write);
      if (this.#bytes > this.#options.maxBytes) await this.collectGarbage();
      return path;
    });
  }

  /** Removes what was not used lately, oldest first, until the budget holds. */
  async collectGarbage(): Promise<{ readonly removed: number; readonly bytes: number }> {
    const { dir, clock, maxBytes, log } = this.#options;
    const kept = (await readSizes(dir)).toSorted((a, b) => a.usedAt - b.usedAt);
    const before = totalBytes(kept);
    let total = before;
    let removed = 0;
    for (const { id, bytes, usedAt } of kept) {
      if (total <= maxBytes || usedAt > clock.now() - inUseMs) break;
      await this.#remove(id);
      total -= bytes;
      removed++;
    }
    this.#bytes = total;
    if (removed > 0)
      log.info({ removed, bytes: before - total }, 'Removed stored directories that were not used lately');
    return { removed, bytes: before - total };
  }

  async #remove(id: string): Promise<void> {
    const { dir } = this.#options;
    // Moved away first, so that nobody finds it half removed.
    const doomed = await mkdtemp(join(dir, workPrefix));
    await rename(join(dir, id), join(doomed, 'content'));
    this.#touched.delete(join(dir, id));
    await rm(doomed, { recursive: true, force: true });
    await rm(join(dir, id + sizeSuffix), { force: true });
  }

  async #use(path: string): Promise<boolean> {
    const now = this.#options.clock.now();
    if (now - (this.#touched.get(path) ?? -Infinity) < touchEveryMs && (await isDirectory(path))) return true;
    try {
      await utimes(path, now / 1000, now / 1000);
    } catch {
      return false;
    }
    this.#touched.set(path, now);
    return true;
  }

  async #write(id: string, write: (into: string) => Promise<number>): Promise<void> {
    const { dir, clock } = this.#options;
    const work = await mkdtemp(join(dir, workPrefix));
    try {
      const content = join(work, 'content');
      const bytes = await write(content);
      await utimes(content, clock.now() / 1000, clock.now() / 1000);
      await writeFile(join(dir, id + sizeSuffix), String(bytes));
      await rename(content, join(dir, id)).catch((error: NodeJS.ErrnoException) => {
        // Another process was quicker: equal ids are equal content.
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
      this.#bytes += bytes;
      this.#touched.set(join(dir, id), clock.now());
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
}

interface Kept {
  readonly id: string;
  readonly bytes: number;
  readonly usedAt: number;
}

async function readSizes(dir: string): Promise<Kept[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith(sizeSuffix));
  const sizes = await Promise.all(
    names.map(async (name) => {
      const id = name.slice(0, -sizeSuffix.length);
      const used = await stat(join(dir, id)).catch(() => undefined);
      return used ? [{ id, bytes: Number(await readFile(join(dir, name), 'utf8')), usedAt: used.mtimeMs }] : [];
    }),
  );
  return sizes.flat();
}

function totalBytes(kept: readonly Kept[]): number {
  return kept.reduce((sum, { bytes }) => sum + bytes, 0);
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
