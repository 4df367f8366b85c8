import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { sha256 } from '#base/hash';
import { Limiter } from '#base/limiter';
import type { Logger } from '#base/log';
import { runGit } from './git-command.ts';
import type { GitProgram } from './git-command.ts';
import { indexPack } from './index-pack.ts';
import { ObjectReader } from './object-reader.ts';
import { inQuarantine } from './quarantine.ts';
import type { QuarantineEnv } from './quarantine.ts';

export interface MirrorOptions {
  readonly program: GitProgram;
  readonly dir: string;
  readonly log: Logger;
  /** Called for every process of Git that is started: metrics. */
  readonly onProcess: (command: string) => void;
}

const ourRefs = join('refs', 'windlass');
const maxHaves = 64;
const packsBeforeRepack = 50;
/** Longer than any fetch may take: a temporary pack of that age belongs to nobody. */
const abandonedMs = 10 * 60_000;

/** One bare repository on disk with the commits that were wanted from one remote, and everything below them. */
export class Mirror {
  readonly #options: MirrorOptions;
  readonly reader: ObjectReader;
  readonly #held = new LRUCache<string, true>({ max: 5000 });
  /** One fetch at a time: a second one would mostly bring what the first brings. */
  readonly #fetches = new Limiter(1);
  #tips: string[];

  private constructor(options: MirrorOptions, tips: string[]) {
    this.#options = options;
    this.#tips = tips;
    this.reader = new ObjectReader(options.program, options.dir, () => options.onProcess('cat-file'));
  }

  /** Opens a mirror, making it when there is none, and sweeps what killed fetches left behind. */
  static async open(options: MirrorOptions): Promise<Mirror> {
    const { dir, program } = options;
    if (!(await exists(join(dir, 'HEAD')))) {
      await rm(dir, { recursive: true, force: true });
      const fresh = `${dir}.new-${process.pid}`;
      await rm(fresh, { recursive: true, force: true });
      await mkdir(fresh, { recursive: true, mode: 0o700 });
      options.onProcess('init');
      await runGit(program, ['init', '--bare', '--quiet', '--template=', '--', fresh]);
      await mkdir(join(fresh, ourRefs), { recursive: true });
      await rename(fresh, dir);
    }
    await sweep(options);
    return new Mirror(options, await readTips(dir));
  }

  /** Whether the commit is here, with everything below it: packs are only ever installed whole. */
  async has(sha: string): Promise<boolean> {
    if (this.#held.has(sha)) return true;
    const info = await this.reader.info(sha);
    if (info) this.#held.set(sha, true);
    return info !== undefined;
  }

  /** Runs a fetch while no other one runs, unless the commit has arrived by then. */
  async fetchUnlessHeld(sha: string, fetch: () => Promise<void>): Promise<void> {
    if (await this.has(sha)) return;
    await this.#fetches.run(async () => {
      if (!(await this.has(sha))) await fetch();
    });
  }

  /** Runs a fetch while no other one runs. */
  exclusively(fetch: () => Promise<void>): Promise<void> {
    return this.#fetches.run(fetch);
  }

  /** Commits to tell a server about, newest first, so that it sends only what is new. */
  get haves(): readonly string[] {
    return this.#tips.slice(0, maxHaves);
  }

  /** Checks a pack (`safety.md` §3: every object, every link) and installs it, whole or not at all. */
  async receivePack(pack: AsyncIterable<Buffer>, signal?: AbortSignal): Promise<void> {
    const { program, dir, onProcess } = this.#options;
    onProcess('index-pack');
    await inQuarantine(dir, (env) => indexPack({ program, gitDir: dir, env, pack, signal }));
  }

  /** Runs a Git command that brings objects; they are installed, whole, when it succeeds. */
  async receiveBy(fetch: (env: QuarantineEnv) => Promise<void>): Promise<void> {
    await inQuarantine(this.#options.dir, fetch);
  }

  /** Records a commit as fetched: it keeps its objects alive and lets later fetches build on it. */
  async remember(sha: string, name: string): Promise<void> {
    // A hash as name: remote names may collide as file and directory, and are not ours to put on disk.
    const path = join(this.#options.dir, ourRefs, sha256(name).slice(0, 32));
    const fresh = `${path}.${process.pid}.new`;
    await writeFile(fresh, `${sha}\n`);
    await rename(fresh, path);
    this.#held.set(sha, true);
    this.#tips = [sha, ...this.#tips.filter((tip) => tip !== sha)].slice(0, 4 * maxHaves);
  }

  /** Joins the many small packs that fetches leave, once there are many. Loses no object. */
  async tidy(): Promise<void> {
    const { program, dir, onProcess, log } = this.#options;
    const packs = (await readdir(join(dir, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'));
    if (packs.length < packsBeforeRepack) return;
    onProcess('repack');
    await this.#fetches.run(async () => {
      await runGit(program, ['repack', '-d', '--geometric=2', '--quiet'], { gitDir: dir, timeoutMs: 300_000 });
    });
    log.debug({ packs: packs.length }, 'Packs of a Git mirror joined');
  }

  get dir(): string {
    return this.#options.dir;
  }

  close(): void {
    this.reader.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function sweep({ dir, program, log }: MirrorOptions): Promise<void> {
  const before = program.clock.now() - abandonedMs;
  const isLeft = (name: string) => /^(tmp_|incoming-)|\.(new|lock)$/.test(name);
  for (const folder of [join(dir, 'objects'), join(dir, 'objects', 'pack'), join(dir, ourRefs), dir]) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter(isLeft)) {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found === undefined || found.mtimeMs > before) continue;
      await rm(path, { recursive: true, force: true });
      log.info({ file: name }, 'Removed what an interrupted fetch left in a Git mirror');
    }
  }
}

async function readTips(dir: string): Promise<string[]> {
  const names = await readdir(join(dir, ourRefs)).catch(() => []);
  const tips = await Promise.all(
    names
      .filter((name) => !name.includes('.'))
      .map(async (name) => {
        const path = join(dir, ourRefs, name);
        return { sha: (await readFile(path, 'utf8')).trim(), at: (await stat(path)).mtimeMs };
      }),
  );
  return [...new Set(tips.toSorted((a, b) => b.at - a.at).map(({ sha }) => sha))];
}
