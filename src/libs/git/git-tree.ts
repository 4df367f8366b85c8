import { readFile } from 'node:fs/promises';
import { raceAbort } from '#base/abort';
import type { ContentDirectories } from '#base/content-directories';
import { sha256 } from '#base/hash';
import type { TreeEntry } from '#base/tree';
import { limitExceeded, symlinkOutside } from './git-errors.ts';
import type { CommitMetadata, CommitTree } from './git-store.ts';
import { maxPointerBytes, parseLfsPointer } from './lfs-pointer.ts';
import type { LfsPointer } from './lfs-pointer.ts';
import { locatePath, splitPath } from './locate-path.ts';
import type { Located } from './locate-path.ts';
import { fileTooLarge } from './object-source.ts';
import type { ObjectSource } from './object-source.ts';
import { planFiles } from './plan-files.ts';
import type { PlannedFile } from './plan-files.ts';
import { writeFiles } from './write-files.ts';
import type { StoredFile } from './write-files.ts';

/** Brings the content of LFS pointers to disk and says where it is. */
export type LfsFetcher = (
  pointers: readonly LfsPointer[],
  signal?: AbortSignal,
) => Promise<(pointer: LfsPointer) => string>;

/** The tree of a submodule, given its path, its commit and where to read `.gitmodules`. */
export type SubmoduleOpener = (
  tree: GitTree,
  path: string,
  sha: string,
  signal?: AbortSignal,
) => Promise<GitTree | undefined>;

export interface GitTreeOptions {
  readonly objects: ObjectSource;
  readonly commit: CommitMetadata;
  readonly store: ContentDirectories;
  /** Keeps apart what is not in Git itself: equal pointers in two repositories need not be equally permitted. */
  readonly repositoryId: string;
  readonly lfs?: LfsFetcher;
  readonly submodule?: SubmoduleOpener;
}

const defaultMaxBytes = 100 * 1024 * 1024;
const maxTreeBytes = 1024 * 1024 * 1024;
const blobsAtOnce = 64;

/** The files of a commit, read from the mirror by object id; nothing is checked out. */
export class GitTree implements CommitTree {
  readonly commit: CommitMetadata;
  readonly #options: GitTreeOptions;
  /** Resolving pointers and submodules changes what an id stands for, so it is part of every id. */
  readonly #variant: string;

  constructor(options: GitTreeOptions) {
    this.#options = options;
    this.commit = options.commit;
    const resolved = (options.lfs ? '-lfs' : '') + (options.submodule ? '-sub' : '');
    this.#variant = resolved === '' ? '' : `${resolved}-${options.repositoryId.slice(0, 16)}`;
  }

  get id(): string {
    return this.commit.treeId + this.#variant;
  }

  async entry(path: string, signal?: AbortSignal): Promise<TreeEntry | undefined> {
    const found = await this.#locate(path, false, signal);
    if (!found) return undefined;
    if (found.entry.type === 'submodule' && this.#options.submodule) return this.#submoduleEntry(found, signal);
    return this.#withVariant(found.entry);
  }

  async list(path: string, signal?: AbortSignal): Promise<readonly TreeEntry[] | undefined> {
    const found = await this.#locate(path, true, signal);
    if (!found) return undefined;
    if (found.entry.type === 'submodule')
      return (await this.#inside(found, signal))?.list(found.rest.join('/'), signal);
    if (found.entry.type !== 'directory') return undefined;
    const { entries } = await raceAbort(Promise.resolve(this.#options.objects.tree(found.entry.id)), signal);
    return this.#variant === '' ? entries : entries.map((entry) => this.#withVariant(entry));
  }

  async read(
    path: string,
    { maxBytes = defaultMaxBytes, signal }: { readonly maxBytes?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Uint8Array | undefined> {
    const found = await this.#locate(path, true, signal);
    if (!found) return undefined;
    if (found.entry.type === 'submodule') {
      const more = { maxBytes, ...(signal ? { signal } : {}) };
      return (await this.#inside(found, signal))?.read(found.rest.join('/'), more);
    }
    if (found.entry.type !== 'file') return undefined;
    const content = await raceAbort(this.#options.objects.blob(found.entry.id, path, maxBytes), signal);
    const pointer = this.#options.lfs && parseLfsPointer(content);
    if (!pointer || !this.#options.lfs) return content;
    if (pointer.size > maxBytes) throw fileTooLarge(path, pointer.size, maxBytes);
    return readFile((await this.#options.lfs([pointer], signal))(pointer));
  }

  async materialise(path: string, signal?: AbortSignal): Promise<string> {
    const { objects, store } = this.#options;
    const place = await this.#locate(path, true, signal);
    if (place?.entry.type === 'submodule') {
      const inner = await this.#inside(place, signal);
      if (inner) return inner.materialise(place.rest.join('/'), signal);
    }
    const plan = await planFiles(objects, this.commit.treeId, path);
    const imported = plan.imported.length === 0 ? '' : `-${sha256(plan.imported.join('\n')).slice(0, 32)}`;
    const base = place && place.path !== '' ? `${place.path}/` : '';
    const id = plan.treeId + imported + this.#variant;
    return store.provide(id, (into) => writeFiles(into, this.#files(plan.files, base, signal)));
  }

  async #locate(path: string, followLast: boolean, signal?: AbortSignal): Promise<Located | undefined> {
    signal?.throwIfAborted();
    const found = await locatePath(this.#options.objects, this.commit.treeId, splitPath(path), followLast);
    const isInside = found && found.rest.length > 0;
    return isInside && !this.#options.submodule ? undefined : found;
  }

  async #inside(found: Located, signal?: AbortSignal): Promise<GitTree | undefined> {
    if (found.rest.includes('..')) throw symlinkOutside(found.path);
    return this.#options.submodule?.(this, found.path, found.entry.id, signal);
  }

  async #submoduleEntry(found: Located, signal?: AbortSignal): Promise<TreeEntry | undefined> {
    const inner = await this.#inside(found, signal);
    if (!inner) return this.#withVariant(found.entry);
    if (found.rest.length > 0) return inner.entry(found.rest.join('/'), signal);
    return { name: found.entry.name, type: 'directory', id: inner.id };
  }

  #withVariant(entry: TreeEntry): TreeEntry {
    return this.#variant === '' ? entry : { ...entry, id: entry.id + this.#variant };
  }

  /** The content of planned files, read in batches: the mirror's reader answers many questions at once. */
  async *#files(files: readonly PlannedFile[], base: string, signal?: AbortSignal): AsyncGenerator<StoredFile> {
    const { objects } = this.#options;
    const blobs = files.filter(({ type }) => type === 'file');
    const sizes = await raceAbort(Promise.all(blobs.map(({ id }) => objects.blobSize(id))), signal);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total > maxTreeBytes)
      throw limitExceeded(`The directory holds ${total} bytes; at most ${maxTreeBytes} are materialised.`);
    const pointers = await this.#pointers(
      blobs.filter((_, i) => (sizes[i] as number) <= maxPointerBytes),
      signal,
    );
    for (let at = 0; at < files.length; at += blobsAtOnce) {
      signal?.throwIfAborted();
      const chunk = files.slice(at, at + blobsAtOnce);
      const isRead = (file: PlannedFile) => file.type === 'file' && !pointers.has(file.id);
      const contents = await Promise.all(
        chunk.map(async (file) => (isRead(file) ? objects.content(file.id) : undefined)),
      );
      for (const [i, file] of chunk.entries()) {
        const { path, executable, target } = file;
        const bytes = contents[i];
        const fromLfs = pointers.get(file.id);
        if (target !== undefined) yield { path, executable, content: { link: target } };
        else if (file.type === 'submodule') yield* this.#submoduleFiles(file, base, signal);
        else if (fromLfs) yield { path, executable, content: { file: fromLfs } };
        else if (bytes) yield { path, executable, content: { bytes } };
      }
    }
  }

  /** Blob id → file on disk, for those that are pointers. */
  async #pointers(small: readonly PlannedFile[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const { objects, lfs } = this.#options;
    if (!lfs) return new Map();
    const found = await Promise.all(
      small.map(async ({ id, path }) => ({
        id,
        pointer: parseLfsPointer(await objects.blob(id, path, maxPointerBytes)),
      })),
    );
    const pointers = found.flatMap(({ id, pointer }) => (pointer ? [{ id, pointer }] : []));
    if (pointers.length === 0) return new Map();
    const pathOf = await lfs(
      pointers.map(({ pointer }) => pointer),
      signal,
    );
    return new Map(pointers.map(({ id, pointer }) => [id, pathOf(pointer)]));
  }

  async *#submoduleFiles(file: PlannedFile, base: string, signal?: AbortSignal): AsyncGenerator<StoredFile> {
    const inner = await this.#options.submodule?.(this, base + file.path, file.id, signal);
    if (!inner) return;
    const plan = await planFiles(inner.#options.objects, inner.commit.treeId, '');
    for await (const stored of inner.#files(plan.files, '', signal))
      yield { ...stored, path: `${file.path}/${stored.path}` };
  }
}
