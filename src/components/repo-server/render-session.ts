import { mkdir } from 'node:fs/promises';
import type { Clock } from '#base/clock';
import type { Confinement } from '#base/confinement';
import { WindlassError } from '#base/errors';
import type { HttpAgents } from '#base/http-agents';
import type { Program } from '#base/program';
import { tempDir } from '#base/tempdir';
import type { ChartDependency, FetchedChart, PluginCommand, RenderTools } from '#core/manifests';
import type { Tree } from '#base/tree';
import type { GitStore } from '#libs/git';
import type { KustomizeProgram } from '#libs/kustomize';
import { toGitAccess } from '#services/credentials';
import type { ChartStore } from './chart-store.ts';
import { findDependencyAccess } from './find-dependency-access.ts';
import type { DependencyRules } from './find-dependency-access.ts';
import { fetchRemoteFile } from './fetch-remote-file.ts';
import type { Toolbox, ToolName } from './toolbox.ts';

export interface RenderSessionOptions {
  readonly toolbox: Toolbox;
  readonly confinement: Confinement;
  readonly charts: ChartStore;
  readonly git: GitStore;
  readonly agents: HttpAgents;
  readonly scratchDir: string;
  readonly plugins: ReadonlyMap<string, PluginCommand>;
  /** Where chart dependencies may come from. */
  readonly rules: DependencyRules;
  /** Hosts of remote value files that may have private addresses. */
  readonly fileHosts: readonly string[];
  /** Look again for what was fetched before. */
  readonly refresh: boolean;
  readonly onStart: (tool: string) => void;
}

/** What one render uses: it remembers the programs, and takes its files away with it. */
export class RenderSession implements RenderTools, AsyncDisposable {
  readonly clock: Clock;
  readonly confinement: Confinement;
  readonly plugins: ReadonlyMap<string, PluginCommand>;
  readonly #options: RenderSessionOptions;
  readonly #used = new Map<ToolName, string>();
  readonly #usedRepositories = new Set<string>();
  readonly #directories: AsyncDisposable[] = [];

  constructor(options: RenderSessionOptions) {
    this.#options = options;
    this.clock = options.toolbox.clock;
    this.confinement = options.confinement;
    this.plugins = options.plugins;
  }

  /** Digests of the programs that took part. */
  get usedTools(): ReadonlyMap<ToolName, string> {
    return this.#used;
  }

  /** Repositories that chart dependencies and bases came from. */
  get usedRepositories(): readonly string[] {
    return [...this.#usedRepositories].toSorted();
  }

  helm(): Promise<Program> {
    return this.#use('helm', this.#options.toolbox.helm());
  }

  kustomize(): Promise<KustomizeProgram> {
    return this.#use('kustomize', this.#options.toolbox.kustomize());
  }

  jsonnet(): Promise<Program> {
    return this.#use('jsonnet', this.#options.toolbox.jsonnet());
  }

  async scratch(): Promise<string> {
    await mkdir(this.#options.scratchDir, { recursive: true });
    const directory = await tempDir('render-', this.#options.scratchDir);
    this.#directories.push(directory);
    return directory.path;
  }

  async fetchChart(dependency: ChartDependency, signal: AbortSignal): Promise<FetchedChart> {
    const { name, version, repository } = dependency;
    const { charts, rules, refresh } = this.#options;
    const access = findDependencyAccess(rules, repository);
    if (!access) throw repositoryNotPermitted(`chart dependency "${name}"`, repository);
    this.#usedRepositories.add(repository);
    return charts.fetch({ access, name, version, refresh, signal });
  }

  async openRepository(
    { url, ref }: { readonly url: string; readonly ref: string },
    signal: AbortSignal,
  ): Promise<Tree> {
    const { git, rules } = this.#options;
    const access = findDependencyAccess(rules, url);
    if (!access) throw repositoryNotPermitted('kustomization base', url);
    this.#usedRepositories.add(url);
    const gitAccess = toGitAccess({ ...access, type: 'git' });
    const { sha } = await git.resolve(gitAccess, ref, { signal });
    return git.tree(gitAccess, sha, signal);
  }

  fetchFile(url: string, signal: AbortSignal): Promise<Uint8Array> {
    return fetchRemoteFile(this.#options.agents, {
      url,
      signal,
      clock: this.clock,
      allowedHosts: this.#options.fileHosts,
    });
  }

  onStart(tool: string): void {
    this.#options.onStart(tool);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#directories.map((directory) => directory[Symbol.asyncDispose]()));
  }

  async #use<P extends Program>(name: ToolName, found: Promise<P>): Promise<P> {
    const program = await found;
    this.#used.set(name, program.digest);
    return program;
  }
}

function repositoryNotPermitted(what: string, repository: string): WindlassError {
  return new WindlassError({
    code: 'DEPENDENCY_NOT_PERMITTED',
    kind: 'Forbidden',
    message: `The ${what} comes from the repository "${withoutUserInfo(repository)}", which the project does not permit or nobody has configured.`,
    hint: 'Add the repository, and permit it in sourceRepos of the project; or commit what is needed to the repository of the source.',
  });
}

function withoutUserInfo(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').slice(0, 200);
}
