import type { LRUCache } from 'lru-cache';
import { WindlassError } from '#base/errors';
import { SingleFlight } from '#base/single-flight';
import type { CommitMetadata } from './git-store.ts';
import type { GitObject, ObjectReader } from './object-reader.ts';
import { parseCommitObject, parseTreeObject } from './parse-object.ts';
import type { ParsedTree } from './parse-object.ts';

export type TreeCache = LRUCache<string, ParsedTree>;

const maxLinkBytes = 4096;

/** Trees, blobs and links of one mirror by id. Parsed trees are shared by all mirrors: equal ids are equal content. */
export class ObjectSource {
  readonly #reader: ObjectReader;
  readonly #trees: TreeCache;
  /** Many callers want the new root of a repository at the same moment. */
  readonly #loading = new SingleFlight<ParsedTree>();

  constructor(reader: ObjectReader, trees: TreeCache) {
    this.#reader = reader;
    this.#trees = trees;
  }

  /** A parsed tree: at once when it is known, so that a walk over known trees never waits. */
  tree(id: string): ParsedTree | Promise<ParsedTree> {
    return this.#trees.get(id) ?? this.#loading.run(id, () => this.#loadTree(id));
  }

  async commit(sha: string): Promise<CommitMetadata> {
    return parseCommitObject(sha, (await this.#object(sha, 'commit')).content);
  }

  /** Content of a blob. Throws TREE_FILE_TOO_LARGE before reading what is longer than `maxBytes`. */
  async blob(id: string, path: string, maxBytes: number): Promise<Buffer> {
    const size = await this.blobSize(id);
    if (size > maxBytes) throw fileTooLarge(path, size, maxBytes);
    return this.content(id);
  }

  /** Content of a blob whose size the caller has looked at. */
  async content(id: string): Promise<Buffer> {
    return (await this.#object(id, 'blob')).content;
  }

  async blobSize(id: string): Promise<number> {
    const info = await this.#reader.info(id);
    if (info?.type !== 'blob') throw missingObject(id);
    return info.size;
  }

  /** Target of a symbolic link. */
  async link(id: string, path: string): Promise<string> {
    return (await this.blob(id, path, maxLinkBytes)).toString('utf8');
  }

  async #loadTree(id: string): Promise<ParsedTree> {
    const parsed = parseTreeObject((await this.#object(id, 'tree')).content);
    this.#trees.set(id, parsed);
    return parsed;
  }

  async #object(id: string, type: GitObject['type']): Promise<GitObject> {
    const object = await this.#reader.contents(id);
    if (object?.type !== type) throw missingObject(id);
    return object;
  }
}

/** Thrown when a file is longer than the reader accepts. */
export function fileTooLarge(path: string, size: number, maxBytes: number): WindlassError {
  return new WindlassError({
    code: 'TREE_FILE_TOO_LARGE',
    kind: 'ResourceExhausted',
    message: `The file "${path}" has ${size} bytes; at most ${maxBytes} are read.`,
    retry: 'never',
    at: { file: path },
  });
}

function missingObject(id: string): WindlassError {
  return new WindlassError({
    code: 'GIT_OBJECT_MISSING',
    kind: 'Unavailable',
    message: `The Git object "${id}" is not in the mirror.`,
    hint: 'Refresh the application; if this stays, delete the mirror directory of the repository.',
  });
}
