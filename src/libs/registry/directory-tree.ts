import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WindlassError } from '#base/errors';
import { hashJson } from '#base/hash';
import type { Tree, TreeEntry } from '#base/tree';

interface Node {
  readonly entry: TreeEntry;
  /** Size of a file. */
  readonly bytes: number;
  /** Entries of a directory, sorted by name. */
  readonly children?: ReadonlyMap<string, Node>;
}

const defaultMaxBytes = 100 * 1024 * 1024;

/** A directory on disk that never changes and holds no links, as a tree: ids are SHA-256 of content. */
export class DirectoryTree implements Tree {
  readonly #dir: string;
  readonly #root: Node;

  private constructor(dir: string, root: Node) {
    this.#dir = dir;
    this.#root = root;
  }

  /** Reads and hashes the whole directory once. Throws TREE_UNSAFE when it holds a link or a special file. */
  static async open(dir: string): Promise<DirectoryTree> {
    return new DirectoryTree(dir, await readNode(dir, ''));
  }

  get id(): string {
    return this.#root.entry.id;
  }

  async entry(path: string): Promise<TreeEntry | undefined> {
    return this.#find(path)?.entry;
  }

  async list(path: string): Promise<readonly TreeEntry[] | undefined> {
    const children = this.#find(path)?.children;
    return children && [...children.values()].map(({ entry }) => entry);
  }

  async read(
    path: string,
    { maxBytes = defaultMaxBytes, signal }: { readonly maxBytes?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Uint8Array | undefined> {
    const node = this.#find(path);
    if (node?.entry.type !== 'file') return undefined;
    if (node.bytes > maxBytes) throw fileTooLarge(path, node.bytes, maxBytes);
    return readFile(join(this.#dir, ...splitPath(path)), signal ? { signal } : {});
  }

  async materialise(path: string): Promise<string> {
    if (!this.#find(path)?.children) throw pathNotFound(path);
    return join(this.#dir, ...splitPath(path));
  }

  #find(path: string): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const name of splitPath(path)) node = node?.children?.get(name);
    return node;
  }
}

function splitPath(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (path.startsWith('/') || path.includes('\0') || names.includes('..')) throw invalidPath(path);
  return names;
}

async function readNode(dir: string, name: string): Promise<Node> {
  const children = new Map<string, Node>();
  const found = await readdir(dir, { withFileTypes: true });
  for (const item of found.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(dir, item.name);
    if (item.isDirectory()) children.set(item.name, await readNode(path, item.name));
    else if (item.isFile()) children.set(item.name, await readFileNode(path, item.name));
    else throw unsafeEntry(item.name);
  }
  const listing = [...children.values()].map(({ entry }) => [
    entry.name,
    entry.type,
    entry.id,
    entry.executable ?? false,
  ]);
  return { entry: { name, type: 'directory', id: hashJson(listing) }, bytes: 0, children };
}

async function readFileNode(path: string, name: string): Promise<Node> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  const { mode, size } = await stat(path);
  const executable = (mode & 0o100) !== 0;
  return { entry: { name, type: 'file', id: hash.digest('hex'), ...(executable ? { executable } : {}) }, bytes: size };
}

function fileTooLarge(path: string, size: number, maxBytes: number): WindlassError {
  return new WindlassError({
    code: 'TREE_FILE_TOO_LARGE',
    kind: 'ResourceExhausted',
    message: `The file "${path}" has ${size} bytes; at most ${maxBytes} are read.`,
    retry: 'never',
    at: { file: path },
  });
}

function invalidPath(path: string): WindlassError {
  return new WindlassError({
    code: 'TREE_PATH_INVALID',
    kind: 'InvalidInput',
    message: `The path "${path.slice(0, 100)}" leads out of the artifact.`,
    hint: 'Use a path relative to the root of the artifact.',
  });
}

function pathNotFound(path: string): WindlassError {
  return new WindlassError({
    code: 'TREE_PATH_NOT_FOUND',
    kind: 'NotFound',
    message: `The path "${path.slice(0, 200)}" does not exist in the artifact.`,
    hint: 'Check the path of the source.',
  });
}

function unsafeEntry(name: string): WindlassError {
  return new WindlassError({
    code: 'TREE_UNSAFE',
    kind: 'InvalidInput',
    message: `"${name}" is neither a file nor a directory.`,
  });
}
