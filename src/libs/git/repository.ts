import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { sha256 } from '#base/hash';
import type { Logger } from '#base/log';
import type { GitProgram } from './git-command.ts';
import type { GitMetrics } from './git-metrics.ts';
import type { CommitMetadata } from './git-store.ts';
import { LfsStore } from './lfs-store.ts';
import { Mirror } from './mirror.ts';
import { ObjectSource } from './object-source.ts';
import type { TreeCache } from './object-source.ts';

export interface RepositoryOptions {
  readonly program: GitProgram;
  /** Of the store. */
  readonly dir: string;
  readonly log: Logger;
  readonly metrics: GitMetrics;
  readonly parsedTrees: TreeCache;
}

/**
 * What is kept of one repository. Commits and large files belong to it alone: knowing the id of another repository's
 * content must not be enough to be served it.
 */
export class Repository {
  /** Short name that no other repository has. */
  readonly id: string;
  readonly mirror: Mirror;
  readonly objects: ObjectSource;
  readonly lfs: LfsStore;
  readonly #commits = new LRUCache<string, CommitMetadata>({ max: 1000 });

  private constructor(id: string, mirror: Mirror, options: RepositoryOptions) {
    this.id = id;
    this.mirror = mirror;
    this.objects = new ObjectSource(mirror.reader, options.parsedTrees);
    this.lfs = new LfsStore(join(options.dir, 'lfs', id));
  }

  static async open(normalizedUrl: string, options: RepositoryOptions): Promise<Repository> {
    const { program, dir, log, metrics } = options;
    const id = sha256(normalizedUrl).slice(0, 32);
    const mirrors = join(dir, 'mirrors');
    for (const path of [mirrors, program.home]) await mkdir(path, { recursive: true, mode: 0o700 });
    const mirror = await Mirror.open({ program, dir: join(mirrors, id), log, onProcess: metrics.process });
    return new Repository(id, mirror, options);
  }

  /** A commit that is in the mirror. */
  async commit(sha: string): Promise<CommitMetadata> {
    const known = this.#commits.get(sha);
    if (known) return known;
    const commit = await this.objects.commit(sha);
    this.#commits.set(sha, commit);
    return commit;
  }

  close(): void {
    this.mirror.close();
  }
}
