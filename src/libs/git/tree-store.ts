import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import { SingleFlight } from '#base/single-flight';

/** One file of a directory to be materialised. */
export interface StoredFile {
  readonly path: string;
  readonly executable: boolean;
  /** Bytes, a file to copy, or where a link points. */
  readonly content: { readonly bytes: Uint8Array } | { readonly file: string } | { readonly link: string };
}

export interface TreeStoreOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly maxBytes: number;
}

/** Nobody may lose a directory that was handed out this recently. */
const inUseMs = 15 * 60_000;
const touchEveryMs = 60_000;
const writesAtOnce = 32;

/**
 * Directories on disk by content id: written once to a temporary place, renamed, never changed, shared by everybody.
 * The time of the directory is that of its last use.
 */
export class TreeStore {
  readonly #options: TreeStoreOptions;
  readonly #writes = new SingleFlight<string>();
  readonly #touched = new Map<string, number>();
  #bytes = 0;

  private constructor(options: TreeStoreOptions, bytes: number) {
    this.#options = options;
    this.#bytes = bytes;
  }

  static async open(options: TreeStoreOptions): Promise<TreeStore> {
    await mkdir(options.dir, { recursive: true, mode: 0o755 });
    const before = options.clock.now() - inUseMs;
    for (const name of (await readdir(options.dir)).filter((n) => n.startsWith('.new-'))) {
      const path = join(options.dir, name);
      if ((await stat(path)).mtimeMs < before) await rm(path, { recursive: true, force: true });
    }
    const kept = await readSizes(options.dir);
    return new TreeStore(
      options,
      kept.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  }

  /** The directory of that id, written from what `files` yields when it is not there yet. */
  provide(id: string, files: () => AsyncIterable<StoredFile>): Promise<string> {
    return this.#writes.run(id, async () => {
      const path = join(this.#options.dir, id);
      if (await this.#use(path)) return path;
      await this.#write(id, files());
      if (this.#bytes > this.#options.maxBytes) await this.collectGarbage();
      return path;
    });
  }

  /** Removes what was not used lately, oldest first, until the budget holds. */
  async collectGarbage(): Promise<{ readonly removed: number; readonly bytes: number }> {
    const { dir, clock, maxBytes, log } = this.#options;
    const kept = (await readSizes(dir)).toSorted((a, b) => a.usedAt - b.usedAt);
    let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    let removed = 0;
    const start = total;
    for (const { id, bytes, usedAt } of kept) {
      if (total <= maxBytes || usedAt > clock.now() - inUseMs) break;
      // Renamed first, so that nobody finds it half removed.
      const doomed = await mkdtemp(join(dir, '.new-'));
      await rename(join(dir, id), join(doomed, 'tree'));
      await rm(doomed, { recursive: true, force: true });
      await rm(join(dir, `${id}.size`), { force: true });
      total -= bytes;
      removed++;
    }
    this.#bytes = total;
    if (removed > 0) log.info({ removed, bytes: start - total }, 'Removed source trees that were not used lately');
    return { removed, bytes: start - total };
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

  async #write(id: string, files: AsyncIterable<StoredFile>): Promise<void> {
    const { dir, clock } = this.#options;
    const work = await mkdtemp(join(dir, '.new-'));
    try {
      const root = join(work, 'tree');
      await mkdir(root);
      const bytes = await writeFiles(root, files);
      await utimes(root, clock.now() / 1000, clock.now() / 1000);
      await writeFile(join(dir, `${id}.size`), String(bytes));
      await rename(root, join(dir, id)).catch(async (error: NodeJS.ErrnoException) => {
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

async function writeFiles(root: string, files: AsyncIterable<StoredFile>): Promise<number> {
  const made = new Set<string>([root]);
  let bytes = 0;
  let writing: Promise<number>[] = [];
  const settle = async () => {
    for (const written of await Promise.all(writing)) bytes += written;
    writing = [];
  };
  for await (const file of files) {
    const folder = dirname(join(root, file.path));
    if (!made.has(folder)) {
      await mkdir(folder, { recursive: true });
      made.add(folder);
    }
    writing.push(writeStored(join(root, file.path), file));
    if (writing.length >= writesAtOnce) await settle();
  }
  await settle();
  return bytes;
}

async function writeStored(to: string, { executable, content }: StoredFile): Promise<number> {
  const mode = executable ? 0o555 : 0o444;
  if ('link' in content) {
    await symlink(content.link, to);
    return 0;
  }
  if ('file' in content) {
    await copyFile(content.file, to);
    await chmod(to, mode);
    return (await stat(to)).size;
  }
  await writeFile(to, content.bytes, { mode, flag: 'wx' });
  return content.bytes.length;
}

async function readSizes(dir: string): Promise<{ id: string; bytes: number; usedAt: number }[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.size'));
  const sizes = await Promise.all(
    names.map(async (name) => {
      const id = name.slice(0, -'.size'.length);
      const used = await stat(join(dir, id)).catch(() => undefined);
      if (!used) return [];
      return [{ id, bytes: Number(await readFile(join(dir, name), 'utf8')), usedAt: used.mtimeMs }];
    }),
  );
  return sizes.flat();
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
