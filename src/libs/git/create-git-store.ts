import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { raceAbort } from '#base/abort';
import { ContentDirectories } from '#base/content-directories';
import { SingleFlight } from '#base/single-flight';
import { changedPaths } from './changed-paths.ts';
import { accessKey } from './access-key.ts';
import type { GitAccess } from './git-access.ts';
import type { GitProgram } from './git-command.ts';
import { revisionNotFound } from './git-errors.ts';
import { createGitMetrics } from './git-metrics.ts';
import type { GitMetrics } from './git-metrics.ts';
import type {
  CommitMetadata,
  CommitTree,
  GitLimits,
  GitStore,
  GitStoreOptions,
  ResolvedRevision,
} from './git-store.ts';
import { GitTree } from './git-tree.ts';
import type { LfsFetcher, SubmoduleOpener } from './git-tree.ts';
import { normalizeRepoUrl } from './normalize-repo-url.ts';
import type { TreeCache } from './object-source.ts';
import { parseGitmodules, resolveSubmoduleUrl } from './parse-gitmodules.ts';
import { commitOf } from './ref-advertisement.ts';
import type { RefAdvertisement } from './ref-advertisement.ts';
import type { Wanted } from './remote.ts';
import { Remotes } from './remotes.ts';
import { Repository } from './repository.ts';
import { isFullSha, refPrefixesFor, resolveRevision } from './resolve-revision.ts';
import { submoduleAccess } from './submodule-access.ts';

const defaultTreeBytes = 2 * 1024 * 1024 * 1024;
const defaultLimits: GitLimits = { requestTimeoutMs: 15_000, fetchTimeoutMs: 90_000, maxPackBytes: 1024 * 1024 * 1024 };
/** Directory entries kept parsed, over all trees. */
const maxCachedEntries = 500_000;
const maxSubmoduleDepth = 5;
const maxGitmodulesBytes = 1024 * 1024;

/** Opens the Git repositories of a process below `dir`. Close it to end the Git processes that it keeps. */
export function createGitStore(options: GitStoreOptions): GitStore {
  return new DiskGitStore(options);
}

class DiskGitStore implements GitStore {
  readonly #options: GitStoreOptions;
  readonly #program: GitProgram;
  readonly #metrics: GitMetrics;
  readonly #remotes: Remotes;
  readonly #trees: () => Promise<ContentDirectories>;
  readonly #parsedTrees: TreeCache = new LRUCache({
    maxSize: maxCachedEntries,
    sizeCalculation: (tree) => tree.entries.length + 1,
  });
  readonly #repositories = new Map<string, Promise<Repository>>();
  readonly #advertisements = new SingleFlight<RefAdvertisement>();

  constructor(options: GitStoreOptions) {
    const {
      dir,
      clock,
      log,
      gitPath = 'git',
      sshPath,
      allowFileUrls = false,
      maxTreeBytes = defaultTreeBytes,
    } = options;
    this.#options = options;
    this.#program = { gitPath, clock, home: join(dir, 'home') };
    this.#metrics = createGitMetrics(options.metrics, clock);
    const limits = { ...defaultLimits, ...options.limits };
    this.#remotes = new Remotes({
      program: this.#program,
      metrics: this.#metrics,
      log,
      limits,
      allowFileUrls,
      sshPath,
      proxies: options.proxies,
    });
    this.#trees = once(() => ContentDirectories.open({ dir: join(dir, 'trees'), clock, log, maxBytes: maxTreeBytes }));
  }

  refs(access: GitAccess, prefixes: readonly string[], signal?: AbortSignal): Promise<RefAdvertisement> {
    const key = `${accessKey(access)} ${prefixes.join(' ')}`;
    const about = { url: access.url, revision: prefixes.join(' ') };
    const ask = async () => {
      const refs = await this.#metrics.request('ls-remote', about, () => this.#remotes.for(access).refs(prefixes));
      return { prefixes, refs };
    };
    return raceAbort(this.#advertisements.run(key, ask), signal);
  }

  async resolve(
    access: GitAccess,
    targetRevision: string,
    { tagPrefix, signal }: { readonly tagPrefix?: string; readonly signal?: AbortSignal } = {},
  ): Promise<ResolvedRevision> {
    const prefixes = refPrefixesFor(targetRevision, tagPrefix);
    const refs = prefixes.length === 0 ? [] : (await this.refs(access, prefixes, signal)).refs;
    const resolution = resolveRevision(refs, targetRevision, tagPrefix);
    if (resolution.type === 'abbreviated')
      return { sha: await this.resolveShortSha(access, resolution.prefix, signal) };
    if (resolution.type === 'unknown') throw revisionNotFound(targetRevision);
    return { sha: resolution.sha, ...(resolution.ref === undefined ? {} : { ref: resolution.ref }) };
  }

  async ensureCommit(access: GitAccess, sha: string, refHint?: string, signal?: AbortSignal): Promise<void> {
    await this.#holding(access, sha, refHint, signal);
  }

  async tree(access: GitAccess, sha: string, signal?: AbortSignal): Promise<CommitTree> {
    return this.#openTree(access, sha, 0, signal);
  }

  async commit(access: GitAccess, sha: string, signal?: AbortSignal): Promise<CommitMetadata> {
    return (await this.#holding(access, sha, undefined, signal)).commit(sha);
  }

  async changedPaths(access: GitAccess, from: string, to: string, signal?: AbortSignal): Promise<readonly string[]> {
    const [before, after] = await Promise.all([this.commit(access, from, signal), this.commit(access, to, signal)]);
    const { objects } = await this.#repository(access);
    return changedPaths(objects, before.treeId, after.treeId);
  }

  async resolveShortSha(access: GitAccess, prefix: string, signal?: AbortSignal): Promise<string> {
    if (!/^[0-9a-f]{7,40}$/.test(prefix)) throw revisionNotFound(prefix);
    const repository = await this.#repository(access);
    const look = () => repository.mirror.reader.info(`${prefix}^{commit}`);
    const known = await look();
    if (known) return known.id;
    await this.#fetchHistory(access, repository, signal);
    const found = await look();
    if (!found) throw revisionNotFound(prefix);
    return found.id;
  }

  async collectGarbage(): Promise<{ readonly removed: number; readonly bytes: number }> {
    return (await this.#trees()).collectGarbage();
  }

  async close(): Promise<void> {
    const repositories = await Promise.allSettled(this.#repositories.values());
    for (const opened of repositories) if (opened.status === 'fulfilled') opened.value.close();
    this.#repositories.clear();
    await this.#remotes.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #repository(access: GitAccess): Promise<Repository> {
    // The policy holds for what is on disk already, too.
    this.#remotes.parse(access);
    const key = normalizeRepoUrl(access.url);
    const known = this.#repositories.get(key);
    if (known) return known;
    const { dir, log } = this.#options;
    const opening = Repository.open(key, {
      program: this.#program,
      dir,
      log,
      metrics: this.#metrics,
      parsedTrees: this.#parsedTrees,
    });
    this.#repositories.set(key, opening);
    opening.catch(() => this.#repositories.delete(key));
    return opening;
  }

  /** The repository, once it holds the commit. */
  async #holding(access: GitAccess, sha: string, refHint?: string, signal?: AbortSignal): Promise<Repository> {
    if (!isFullSha(sha)) throw revisionNotFound(sha, 'it is no full commit SHA');
    const repository = await this.#repository(access);
    const { mirror } = repository;
    const fetching = mirror.fetchUnlessHeld(sha, async () => {
      signal?.throwIfAborted();
      await this.#fetch(access, repository, { shas: [sha], refHint }, signal);
      await mirror.remember(sha, refHint ?? sha);
    });
    await raceAbort(fetching, signal);
    return repository;
  }

  /** Brings all branches and tags: only then can an abbreviated id be looked up. */
  async #fetchHistory(access: GitAccess, repository: Repository, signal?: AbortSignal): Promise<void> {
    const { mirror } = repository;
    const { refs } = await this.refs(access, ['refs/heads/', 'refs/tags/'], signal);
    const shas = [...new Set(refs.map(commitOf))];
    const fetching = mirror.exclusively(async () => {
      const held = await Promise.all(shas.map((sha) => mirror.has(sha)));
      const missing = shas.filter((_, i) => !held[i]);
      if (missing.length === 0) return;
      await this.#fetch(access, repository, { shas: missing }, signal);
      for (const ref of refs) await mirror.remember(commitOf(ref), ref.name);
    });
    await raceAbort(fetching, signal);
  }

  async #fetch(access: GitAccess, { mirror }: Repository, wanted: Wanted, signal?: AbortSignal): Promise<void> {
    const about = { url: access.url, revision: wanted.refHint ?? wanted.shas[0] ?? '' };
    await this.#metrics.request('fetch', about, () => this.#remotes.for(access).fetch(mirror, wanted, signal));
    // Not awaited: whoever waits for a commit need not wait for housekeeping.
    mirror.tidy().catch((err: unknown) => this.#options.log.warn({ err }, 'Packs of a Git mirror could not be joined'));
  }

  async #openTree(access: GitAccess, sha: string, depth: number, signal?: AbortSignal): Promise<GitTree> {
    const repository = await this.#holding(access, sha, undefined, signal);
    return new GitTree({
      objects: repository.objects,
      commit: await repository.commit(sha),
      store: await this.#trees(),
      repositoryId: repository.id,
      ...(access.enableLfs ? { lfs: this.#lfs(access, repository) } : {}),
      ...(access.submodules ? { submodule: this.#submodules(access, depth) } : {}),
    });
  }

  #lfs(access: GitAccess, { lfs }: Repository): LfsFetcher {
    return async (pointers, signal) => {
      await lfs.ensure(this.#remotes.overHttp(access), pointers, signal);
      return (pointer) => lfs.path(pointer);
    };
  }

  #submodules(access: GitAccess, depth: number): SubmoduleOpener {
    return async (tree, path, sha, signal) => {
      if (depth >= maxSubmoduleDepth) return undefined;
      const content = await tree.read('.gitmodules', { maxBytes: maxGitmodulesBytes });
      const url = content && parseGitmodules(Buffer.from(content).toString('utf8')).get(path);
      if (!url) return undefined;
      const inner = submoduleAccess(access, resolveSubmoduleUrl(access.url.trim(), url));
      return this.#openTree(inner, sha, depth + 1, signal);
    };
  }
}

/** Runs the opening once, at first need; a failed one is tried again. */
function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}
