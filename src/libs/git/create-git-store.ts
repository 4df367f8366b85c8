import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Registry } from '#base/metrics';
import { counter } from '#base/metrics';
import { sha256 } from '#base/hash';
import { HttpAgents } from '#base/http-agents';
import { SingleFlight } from '#base/single-flight';
import { raceAbort } from '#base/abort';
import { changedPaths } from './changed-paths.ts';
import type { GitAccess } from './git-access.ts';
import type { GitProgram } from './git-command.ts';
import { revisionNotFound } from './git-errors.ts';
import type { CommitMetadata, CommitTree, GitStore, GitStoreOptions, ResolvedRevision } from './git-store.ts';
import { GitTree } from './git-tree.ts';
import type { SubmoduleOpener } from './git-tree.ts';
import { GithubAppTokens } from './github-app.ts';
import { HttpRemote } from './http-remote.ts';
import { LfsStore } from './lfs-store.ts';
import { Mirror } from './mirror.ts';
import { normalizeRepoUrl } from './normalize-repo-url.ts';
import { ObjectSource } from './object-source.ts';
import type { TreeCache } from './object-source.ts';
import { parseGitmodules, resolveSubmoduleUrl } from './parse-gitmodules.ts';
import type { RefAdvertisement } from './ref-advertisement.ts';
import { CommandLineRemote, SmartHttpRemote } from './remote.ts';
import type { Remote } from './remote.ts';
import { parseRemoteUrl } from './remote-url.ts';
import type { RemoteUrl } from './remote-url.ts';
import { isFullSha, refPrefixesFor, resolveRevision } from './resolve-revision.ts';
import { TreeStore } from './tree-store.ts';

const defaultTreeBytes = 2 * 1024 * 1024 * 1024;
/** Directory entries kept parsed, over all trees. */
const maxCachedEntries = 500_000;
const maxSubmoduleDepth = 5;

/** Opens the Git repositories of a process below `dir`. Close it to end the Git processes that it keeps. */
export function createGitStore(options: GitStoreOptions): GitStore {
  return new DiskGitStore(options);
}

class DiskGitStore implements GitStore {
  readonly #options: GitStoreOptions;
  readonly #program: GitProgram;
  readonly #trees: () => Promise<TreeStore>;
  readonly #agents = new HttpAgents();
  readonly #githubTokens: GithubAppTokens;
  readonly #parsedTrees: TreeCache = new LRUCache({
    maxSize: maxCachedEntries,
    sizeCalculation: (tree) => tree.entries.length + 1,
  });
  readonly #commits = new LRUCache<string, CommitMetadata>({ max: 10_000 });
  readonly #mirrors = new Map<string, Promise<Mirror>>();
  readonly #sources = new WeakMap<Mirror, ObjectSource>();
  readonly #remotes = new LRUCache<string, Remote>({ max: 5000 });
  readonly #advertisements = new SingleFlight<RefAdvertisement>();
  readonly #lfs: LfsStore;
  readonly #countProcess: (command: string) => void;
  readonly #countRequest: (request: string) => void;

  constructor(options: GitStoreOptions) {
    const { dir, clock, log, maxTreeBytes = defaultTreeBytes } = options;
    this.#options = options;
    this.#program = { gitPath: options.gitPath ?? 'git', clock, home: join(dir, 'home') };
    this.#trees = once(() => TreeStore.open({ dir: join(dir, 'trees'), clock, log, maxBytes: maxTreeBytes }));
    this.#githubTokens = new GithubAppTokens(clock, this.#agents);
    this.#lfs = new LfsStore(join(dir, 'lfs'));
    this.#countProcess = createCount(
      options.metrics,
      'windlass_git_processes_total',
      'Git processes started.',
      'command',
    );
    // The name and label values that dashboards for Argo CD ask for (`compatibility.md` n).
    this.#countRequest = createCount(
      options.metrics,
      'argocd_git_request_total',
      'Requests to Git servers.',
      'request_type',
    );
  }

  refs(access: GitAccess, prefixes: readonly string[], signal?: AbortSignal): Promise<RefAdvertisement> {
    const key = `${accessKey(access)} ${prefixes.join(' ')}`;
    const ask = async () => {
      this.#countRequest('ls-remote');
      return { prefixes, refs: await this.#remote(access).refs(prefixes) };
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
    if (resolution.type === 'commit') return resolution;
    if (resolution.type === 'abbreviated')
      return { sha: await this.resolveShortSha(access, resolution.prefix, signal) };
    throw revisionNotFound(targetRevision);
  }

  async ensureCommit(access: GitAccess, sha: string, refHint?: string, signal?: AbortSignal): Promise<void> {
    if (!isFullSha(sha)) throw revisionNotFound(sha, 'it is no full commit SHA');
    const mirror = await this.#mirror(access);
    const fetching = mirror.fetchUnlessHeld(sha, async () => {
      signal?.throwIfAborted();
      await this.#fetch(access, mirror, { shas: [sha], refHint }, signal);
      await mirror.remember(sha, refHint ?? sha);
    });
    await raceAbort(fetching, signal);
  }

  async tree(access: GitAccess, sha: string, signal?: AbortSignal): Promise<CommitTree> {
    return this.#openTree(access, sha, 0, signal);
  }

  async commit(access: GitAccess, sha: string, signal?: AbortSignal): Promise<CommitMetadata> {
    const known = this.#commits.get(sha);
    if (known) return known;
    await this.ensureCommit(access, sha, undefined, signal);
    const commit = await this.#objects(await this.#mirror(access)).commit(sha);
    this.#commits.set(sha, commit);
    return commit;
  }

  async changedPaths(access: GitAccess, from: string, to: string, signal?: AbortSignal): Promise<readonly string[]> {
    const [before, after] = await Promise.all([this.commit(access, from, signal), this.commit(access, to, signal)]);
    await this.ensureCommit(access, from, undefined, signal);
    await this.ensureCommit(access, to, undefined, signal);
    return changedPaths(this.#objects(await this.#mirror(access)), before.treeId, after.treeId);
  }

  async resolveShortSha(access: GitAccess, prefix: string, signal?: AbortSignal): Promise<string> {
    if (!/^[0-9a-f]{7,40}$/.test(prefix)) throw revisionNotFound(prefix);
    const mirror = await this.#mirror(access);
    const look = () => mirror.reader.info(`${prefix}^{commit}`);
    const known = await look();
    if (known) return known.id;
    const { refs } = await this.refs(access, ['refs/heads/', 'refs/tags/'], signal);
    const shas = [...new Set(refs.map((ref) => ref.peeled ?? ref.sha))];
    await mirror.exclusively(async () => {
      const held = await Promise.all(shas.map((sha) => mirror.has(sha)));
      const missing = shas.filter((_, i) => !held[i]);
      if (missing.length === 0) return;
      await this.#fetch(access, mirror, { shas: missing }, signal);
      for (const ref of refs) await mirror.remember(ref.peeled ?? ref.sha, ref.name);
    });
    const found = await look();
    if (!found) throw revisionNotFound(prefix);
    return found.id;
  }

  async collectGarbage(): Promise<{ readonly removed: number; readonly bytes: number }> {
    return (await this.#trees()).collectGarbage();
  }

  async close(): Promise<void> {
    const mirrors = await Promise.allSettled(this.#mirrors.values());
    for (const mirror of mirrors) if (mirror.status === 'fulfilled') mirror.value.close();
    this.#mirrors.clear();
    await this.#agents.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #fetch(
    access: GitAccess,
    mirror: Mirror,
    wanted: Parameters<Remote['fetch']>[1],
    signal?: AbortSignal,
  ): Promise<void> {
    this.#countRequest('fetch');
    await this.#remote(access).fetch(mirror, wanted, signal);
    // Not awaited: whoever waits for a commit need not wait for housekeeping.
    mirror.tidy().catch((err: unknown) => this.#options.log.warn({ err }, 'Packs of a Git mirror could not be joined'));
  }

  async #openTree(access: GitAccess, sha: string, depth: number, signal?: AbortSignal): Promise<GitTree> {
    const commit = await this.commit(access, sha, signal);
    await this.ensureCommit(access, sha, undefined, signal);
    const objects = this.#objects(await this.#mirror(access));
    return new GitTree({
      objects,
      commit,
      store: await this.#trees(),
      ...(access.enableLfs ? { lfs: (pointers, abort) => this.#fetchLfs(access, pointers, abort) } : {}),
      ...(access.submodules ? { submodule: this.#submodules(access, depth) } : {}),
    });
  }

  #submodules(access: GitAccess, depth: number): SubmoduleOpener {
    return async (tree, path, sha, signal) => {
      if (depth >= maxSubmoduleDepth) return undefined;
      const content = await tree.read('.gitmodules', { maxBytes: 1024 * 1024 });
      const url = content && parseGitmodules(Buffer.from(content).toString('utf8')).get(path);
      if (!url) return undefined;
      const inner = submoduleAccess(access, resolveSubmoduleUrl(access.url.trim(), url));
      return this.#openTree(inner, sha, depth + 1, signal);
    };
  }

  async #fetchLfs(access: GitAccess, pointers: Parameters<LfsStore['ensure']>[1], signal?: AbortSignal) {
    const parsed = this.#parse(access);
    const overHttp =
      parsed.transport === 'http' ? parsed : parseRemoteUrl({ url: `https://${normalizeRepoUrl(access.url)}` });
    await this.#lfs.ensure(this.#http(access, overHttp), pointers, signal);
    return (pointer: (typeof pointers)[number]) => this.#lfs.path(pointer);
  }

  #objects(mirror: Mirror): ObjectSource {
    const known = this.#sources.get(mirror);
    if (known) return known;
    const source = new ObjectSource(mirror.reader, this.#parsedTrees);
    this.#sources.set(mirror, source);
    return source;
  }

  #mirror(access: GitAccess): Promise<Mirror> {
    const key = normalizeRepoUrl(access.url);
    const known = this.#mirrors.get(key);
    if (known) return known;
    // The policy holds for what is in the mirror already, too.
    this.#parse(access);
    const opening = this.#openMirror(key);
    this.#mirrors.set(key, opening);
    opening.catch(() => this.#mirrors.delete(key));
    return opening;
  }

  async #openMirror(key: string): Promise<Mirror> {
    const mirrors = join(this.#options.dir, 'mirrors');
    for (const dir of [mirrors, this.#program.home]) await mkdir(dir, { recursive: true, mode: 0o700 });
    const dir = join(mirrors, sha256(key).slice(0, 32));
    return Mirror.open({ program: this.#program, dir, log: this.#options.log, onProcess: this.#countProcess });
  }

  #remote(access: GitAccess): Remote {
    const key = accessKey(access);
    const known = this.#remotes.get(key);
    if (known) return known;
    const parsed = this.#parse(access);
    const commandLine = (remote: RemoteUrl, authorization?: string) =>
      new CommandLineRemote({
        program: this.#program,
        access,
        remote,
        authorization,
        sshPath: this.#options.sshPath,
        dir: join(this.#options.dir, 'home', 'keys'),
        onProcess: this.#countProcess,
      });
    const viaGit = async (url: string) =>
      commandLine(
        { transport: 'http', url },
        isSameOrigin(url, parsed.url) ? await this.#authorize(access, parsed) : undefined,
      );
    const remote =
      parsed.transport === 'http' ? new SmartHttpRemote(this.#http(access, parsed), viaGit) : commandLine(parsed);
    this.#remotes.set(key, remote);
    return remote;
  }

  #http(access: GitAccess, parsed: RemoteUrl): HttpRemote {
    const { clock } = this.#options;
    return new HttpRemote(
      { agents: this.#agents, clock, authorize: (...call) => this.#authorize(...call) },
      access,
      parsed,
    );
  }

  async #authorize(access: GitAccess, remote: RemoteUrl, signal?: AbortSignal): Promise<string | undefined> {
    if (access.bearerToken) return `Bearer ${access.bearerToken.reveal()}`;
    if (access.githubApp)
      return basic('x-access-token', await this.#githubTokens.token(access, access.githubApp, signal));
    const password = access.password?.reveal() ?? remote.password;
    const username = access.username ?? remote.username;
    // A token may stand alone; hosts that take one accept any user name beside it.
    return password === undefined && username === undefined ? undefined : basic(username ?? 'git', password ?? '');
  }

  #parse(access: GitAccess): RemoteUrl {
    return parseRemoteUrl(access, this.#options.allowFileUrls);
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

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function isSameOrigin(left: string, right: string): boolean {
  return new URL(left).origin === new URL(right).origin;
}

/** Credentials go along to a submodule only when it lives on the same server and is reached the same way. */
function submoduleAccess(parent: GitAccess, url: string): GitAccess {
  const { enableLfs, submodules, knownHosts, proxy, noProxy } = parent;
  const sameHost =
    URL.canParse(parent.url) && URL.canParse(url)
      ? isSameOrigin(parent.url, url)
      : sshHost(parent.url) === sshHost(url);
  if (sameHost) return { ...parent, url };
  return {
    url,
    ...(enableLfs ? { enableLfs } : {}),
    ...(submodules ? { submodules } : {}),
    ...(knownHosts ? { knownHosts } : {}),
    ...(proxy ? { proxy } : {}),
    ...(noProxy ? { noProxy } : {}),
  };
}

function sshHost(url: string): string {
  return /^(?:ssh:\/\/)?([^/]+?)[:/]/.exec(url)?.[1] ?? url;
}

/** Identifies a URL together with everything that decides how it is reached. */
function accessKey(access: GitAccess): string {
  const reveal = (secret: { reveal(): string } | undefined) => secret?.reveal();
  return sha256(
    JSON.stringify([
      access.url.trim(),
      access.username,
      reveal(access.password),
      reveal(access.bearerToken),
      reveal(access.sshPrivateKey),
      access.githubApp && { ...access.githubApp, privateKey: access.githubApp.privateKey.reveal() },
      [access.caPem, access.clientCert, reveal(access.clientKey), access.insecure],
      [access.proxy, access.noProxy, access.knownHosts],
    ]),
  );
}

function createCount(
  registry: Registry | undefined,
  name: string,
  help: string,
  label: string,
): (value: string) => void {
  if (!registry) return () => undefined;
  const series = counter(registry, name, help, [label]);
  return (value) => series.inc({ [label]: value });
}
