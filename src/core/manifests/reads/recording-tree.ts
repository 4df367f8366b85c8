import { posix } from 'node:path';
import type { Tree, TreeEntry } from '#base/tree';
import { hashListing } from './reads.ts';
import type { Read, TreeReads } from './reads.ts';

const maxFiles = 100_000;

/** A tree that writes down what was found in it, what was looked for in vain, and what was listed. */
export class RecordingTree implements Tree {
  readonly #tree: Tree;
  readonly #scope: string;
  readonly #reads = new Map<string, Read>();
  /** Directories known to be reached without a symbolic link. */
  readonly #plain = new Set<string>();

  /** `scope` is the directory of the source. */
  constructor(tree: Tree, scope: string) {
    this.#tree = tree;
    this.#scope = scope;
  }

  get id(): string {
    return this.#tree.id;
  }

  async entry(path: string, signal?: AbortSignal): Promise<TreeEntry | undefined> {
    const found = await this.#tree.entry(path, signal);
    await this.#record(path, found, signal);
    return found;
  }

  async list(path: string, signal?: AbortSignal): Promise<readonly TreeEntry[] | undefined> {
    const entries = await this.#tree.list(path, signal);
    const found = await this.#tree.entry(path, signal);
    await this.#noteLinks(path, found, signal);
    const known = this.#reads.get(`entry ${path}`);
    const read: Read = { type: 'list', path, id: found?.id ?? null, names: hashListing(entries) };
    if (known === undefined) this.#reads.set(`list ${path}`, read);
    return entries;
  }

  async read(
    path: string,
    options: { readonly maxBytes?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Uint8Array | undefined> {
    await this.#record(path, await this.#tree.entry(path, options.signal), options.signal);
    return this.#tree.read(path, options);
  }

  async materialise(path: string, signal?: AbortSignal): Promise<string> {
    await this.recordSubtree(path, signal);
    return this.#tree.materialise(path, signal);
  }

  /** Records everything below a directory, for a tool that may read any of it. */
  async recordSubtree(path: string, signal?: AbortSignal): Promise<void> {
    await this.#record(path, await this.#tree.entry(path, signal), signal);
    if (await this.#holdsLinks(path, signal)) this.#reads.set('root', { type: 'root' });
  }

  /** Whether a path is there, recorded as such: the content does not matter. */
  async has(path: string, signal?: AbortSignal): Promise<boolean> {
    const parent = path.includes('/') ? posix.dirname(path) : '';
    const entries = await this.list(parent, signal);
    return entries?.some(({ name }) => name === posix.basename(path)) ?? false;
  }

  async reads(signal?: AbortSignal): Promise<TreeReads> {
    const scopeId = (await this.#tree.entry(this.#scope, signal))?.id ?? null;
    const reads = [...this.#reads.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    return { rootId: this.#tree.id, scope: this.#scope, scopeId, reads };
  }

  async #record(path: string, found: TreeEntry | undefined, signal?: AbortSignal): Promise<void> {
    await this.#noteLinks(path, found, signal);
    this.#reads.set(`entry ${path}`, { type: 'entry', path, id: found?.id ?? null });
  }

  async #noteLinks(path: string, found: TreeEntry | undefined, signal?: AbortSignal): Promise<void> {
    const isLinked = found?.type === 'symlink' || !(await this.#isPlain(posix.dirname(`/${path}`).slice(1), signal));
    if (isLinked) this.#reads.set('root', { type: 'root' });
  }

  async #isPlain(directory: string, signal?: AbortSignal): Promise<boolean> {
    if (directory === '' || this.#plain.has(directory)) return true;
    if (!(await this.#isPlain(posix.dirname(`/${directory}`).slice(1), signal))) return false;
    if ((await this.#tree.entry(directory, signal))?.type === 'symlink') return false;
    this.#plain.add(directory);
    return true;
  }

  async #holdsLinks(path: string, signal?: AbortSignal): Promise<boolean> {
    const waiting = [path];
    for (let count = 0; waiting.length > 0;) {
      const directory = waiting.pop() as string;
      for (const { name, type } of (await this.#tree.list(directory, signal)) ?? []) {
        if (type === 'symlink' || ++count > maxFiles) return true;
        if (type === 'directory') waiting.push(directory === '' ? name : `${directory}/${name}`);
      }
    }
    return false;
  }
}

function keyOf(read: Read): string {
  return read.type === 'root' ? '' : `${read.path}\0${read.type}`;
}
