import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { HttpAgents } from '#base/http-agents';
import type { ProxySettings } from '#base/http-agents';
import type { Logger } from '#base/log';
import { accessKey } from './access-key.ts';
import type { GitAccess } from './git-access.ts';
import type { GitProgram } from './git-command.ts';
import type { GitMetrics } from './git-metrics.ts';
import type { GitLimits } from './git-store.ts';
import { GithubAppTokens } from './github-app.ts';
import { HttpRemote } from './http-remote.ts';
import { normalizeRepoUrl } from './normalize-repo-url.ts';
import { CommandLineRemote, SmartHttpRemote } from './remote.ts';
import type { Remote } from './remote.ts';
import { displayUrl, isSameOrigin, parseRemoteUrl } from './remote-url.ts';
import type { RemoteUrl } from './remote-url.ts';

export interface RemotesOptions {
  readonly program: GitProgram;
  readonly limits: GitLimits;
  readonly metrics: GitMetrics;
  readonly log: Logger;
  readonly allowFileUrls: boolean;
  readonly sshPath?: string | undefined;
  readonly proxies?: ProxySettings | undefined;
}

/** The ways to every remote: connections, tokens, and what each server was found to speak. */
export class Remotes {
  readonly #options: RemotesOptions;
  readonly #agents: HttpAgents;
  readonly #githubTokens: GithubAppTokens;
  readonly #remotes = new LRUCache<string, Remote>({ max: 5000 });

  constructor(options: RemotesOptions) {
    this.#options = options;
    this.#agents = new HttpAgents(options.proxies);
    this.#githubTokens = new GithubAppTokens(options.program.clock, this.#agents);
  }

  /** Checks a URL against the policy; throws GIT_URL_INVALID or GIT_URL_FORBIDDEN. */
  parse(access: GitAccess): RemoteUrl {
    return parseRemoteUrl(access, this.#options.allowFileUrls);
  }

  for(access: GitAccess): Remote {
    const key = accessKey(access);
    const known = this.#remotes.get(key);
    if (known) return known;
    const parsed = this.parse(access);
    const remote = parsed.transport === 'http' ? this.#smartHttp(access, parsed) : this.#commandLine(access, parsed);
    this.#remotes.set(key, remote);
    return remote;
  }

  /** The repository's server over HTTP, also where Git itself goes by SSH: Large File Storage is reached so. */
  overHttp(access: GitAccess): HttpRemote {
    const parsed = this.parse(access);
    if (parsed.transport === 'http') return this.#http(access, parsed);
    return this.#http(access, parseRemoteUrl({ url: `https://${normalizeRepoUrl(access.url)}` }));
  }

  close(): Promise<void> {
    return this.#agents.close();
  }

  #smartHttp(access: GitAccess, parsed: RemoteUrl): SmartHttpRemote {
    return new SmartHttpRemote({
      http: this.#http(access, parsed),
      commandLine: async (url) => {
        const isHome = isSameOrigin(url, parsed.url);
        const authorization = isHome ? await this.#authorize(access, parsed) : undefined;
        return this.#commandLine(access, { transport: 'http', url }, authorization);
      },
      onMoved: (url) => {
        const fields = { repository: displayUrl(access.url), newUrl: displayUrl(url) };
        this.#options.log.warn(fields, 'The repository has moved; use its new URL');
      },
    });
  }

  #http(access: GitAccess, parsed: RemoteUrl): HttpRemote {
    const { program, limits } = this.#options;
    const authorize = (a: GitAccess, r: RemoteUrl, signal?: AbortSignal) => this.#authorize(a, r, signal);
    return new HttpRemote({ agents: this.#agents, clock: program.clock, authorize, limits }, access, parsed);
  }

  #commandLine(access: GitAccess, remote: RemoteUrl, authorization?: string): CommandLineRemote {
    const { program, limits, metrics, sshPath, proxies } = this.#options;
    const dir = join(program.home, 'keys');
    return new CommandLineRemote({
      program,
      access,
      remote,
      authorization,
      sshPath,
      proxies,
      limits,
      dir,
      onProcess: metrics.process,
    });
  }

  async #authorize(access: GitAccess, remote: RemoteUrl, signal?: AbortSignal): Promise<string | undefined> {
    const { bearerToken, githubApp } = access;
    if (bearerToken) return `Bearer ${bearerToken.reveal()}`;
    if (githubApp) return basic('x-access-token', await this.#githubTokens.token(access, githubApp, signal));
    const password = access.password?.reveal() ?? remote.password;
    const username = access.username ?? remote.username;
    // A token may stand alone; hosts that take one accept any user name beside it.
    return password === undefined && username === undefined ? undefined : basic(username ?? 'git', password ?? '');
  }
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
