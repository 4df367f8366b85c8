import { mkdir } from 'node:fs/promises';
import type { CredentialEnvOptions } from './credential-env.ts';
import { createCredentialEnv } from './credential-env.ts';
import type { GitAccess } from './git-access.ts';
import type { GitLimits } from './git-store.ts';
import { revisionNotFound, unreachable } from './git-errors.ts';
import { diagnoseSsh } from './diagnose-ssh.ts';
import { runGit } from './git-command.ts';
import type { GitCall, GitProgram } from './git-command.ts';
import type { HttpRemote } from './http-remote.ts';
import type { Mirror } from './mirror.ts';
import { filterRefs, parseLsRemote } from './parse-advertisement.ts';
import type { Ref } from './ref-advertisement.ts';
import type { RemoteUrl } from './remote-url.ts';
import { discoverUploadPack, fetchPack, lsRefs } from './upload-pack.ts';
import type { UploadPack } from './upload-pack.ts';
import { WindlassError, isAbortError } from '#base/errors';
import { ExecFailed } from '#base/exec';

/** Commits wanted from a remote. */
export interface Wanted {
  readonly shas: readonly string[];
  /** A ref that holds them, for servers that give nothing by id. */
  readonly refHint?: string | undefined;
}

/** What the store needs from a remote, whatever the transport. */
export interface Remote {
  refs(prefixes: readonly string[], signal?: AbortSignal): Promise<readonly Ref[]>;
  /** Brings the commits into the mirror. */
  fetch(mirror: Mirror, wanted: Wanted, signal?: AbortSignal): Promise<void>;
}

export interface SmartHttpOptions {
  readonly http: HttpRemote;
  /** The way for servers before protocol version 2. */
  readonly commandLine: (url: string) => Promise<CommandLineRemote>;
  /** Called when the repository is found elsewhere than its URL says. */
  readonly onMoved: (url: string) => void;
}

/** Servers that speak protocol version 2 are talked to in process; older ones through the Git program. */
export class SmartHttpRemote implements Remote {
  readonly #http: HttpRemote;
  readonly #options: SmartHttpOptions;
  #uploadPack: UploadPack | undefined;

  constructor(options: SmartHttpOptions) {
    this.#http = options.http;
    this.#options = options;
  }

  async refs(prefixes: readonly string[], signal?: AbortSignal): Promise<readonly Ref[]> {
    if (this.#uploadPack?.version === 2) return this.#fresh(lsRefs(this.#http, this.#uploadPack, prefixes, signal));
    const { uploadPack, refs } = await this.#discover(signal);
    return refs ? filterRefs(refs, prefixes) : this.#fresh(lsRefs(this.#http, uploadPack, prefixes, signal));
  }

  async fetch(mirror: Mirror, wanted: Wanted, signal?: AbortSignal): Promise<void> {
    const uploadPack = this.#uploadPack ?? (await this.#discover(signal)).uploadPack;
    if (uploadPack.version !== 2)
      return (await this.#options.commandLine(uploadPack.baseUrl)).fetch(mirror, wanted, signal);
    const receive = (haves: readonly string[]) =>
      fetchPack(
        this.#http,
        uploadPack,
        { wants: wanted.shas, haves },
        (pack) => mirror.receivePack(pack, signal),
        signal,
      );
    try {
      await this.#fresh(receive(mirror.haves));
    } catch (error) {
      // A mirror that lost an object cannot complete a thin pack: ask once for everything.
      if (!(error instanceof WindlassError) || error.code !== 'GIT_PACK_INVALID' || mirror.haves.length === 0)
        throw error;
      await this.#fresh(receive([]));
    }
  }

  async #discover(signal?: AbortSignal) {
    const discovered = await discoverUploadPack(this.#http, signal);
    this.#uploadPack = discovered.uploadPack;
    const { baseUrl } = discovered.uploadPack;
    if (baseUrl !== this.#http.remote.url) this.#options.onMoved(baseUrl);
    return discovered;
  }

  /** After a failure the next call asks anew what the server speaks and where it is. */
  async #fresh<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.#uploadPack = undefined;
      throw error;
    }
  }
}

export interface CommandLineOptions extends CredentialEnvOptions {
  readonly program: GitProgram;
  readonly access: GitAccess;
  readonly remote: RemoteUrl;
  readonly onProcess: (command: string) => void;
  readonly limits: GitLimits;
}

/** SSH, local files and old HTTP servers, through `git ls-remote` and `git fetch`. */
export class CommandLineRemote implements Remote {
  readonly #options: CommandLineOptions;

  constructor(options: CommandLineOptions) {
    this.#options = options;
  }

  async refs(prefixes: readonly string[], signal?: AbortSignal): Promise<readonly Ref[]> {
    const { stdout } = await this.#run(['ls-remote', '--symref', '--', this.#options.remote.url], {
      signal,
      timeoutMs: this.#options.limits.requestTimeoutMs,
    });
    return filterRefs(parseLsRemote(stdout.toString('utf8')), prefixes);
  }

  async fetch(mirror: Mirror, { shas, refHint }: Wanted, signal?: AbortSignal): Promise<void> {
    try {
      return await this.#fetchSpecs(mirror, shas, signal);
    } catch (error) {
      // Servers before protocol version 2 may give only what a ref points at.
      if (!(error instanceof WindlassError) || signal?.aborted || error.kind === 'Unauthenticated') throw error;
      const specs = refHint
        ? [refHint]
        : ['refs/heads/*:refs/windlass-all/heads/*', 'refs/tags/*:refs/windlass-all/tags/*'];
      await this.#fetchSpecs(
        mirror,
        specs.map((spec) => `+${spec}`),
        signal,
      );
      for (const sha of shas) {
        if (!(await mirror.reader.info(sha)))
          throw revisionNotFound(sha, 'the server does not offer this commit', error);
      }
    }
  }

  #fetchSpecs(mirror: Mirror, specs: readonly string[], signal?: AbortSignal): Promise<void> {
    const options = [
      '--no-tags',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--no-auto-maintenance',
      '--quiet',
    ];
    const args = ['fetch', ...options, '--', this.#options.remote.url, ...specs];
    return mirror.receiveBy(async (env) => {
      await this.#run(args, { gitDir: mirror.dir, signal, timeoutMs: this.#options.limits.fetchTimeoutMs, env });
    });
  }

  async #run(args: readonly string[], call: GitCall) {
    const { program, access, remote, onProcess } = this.#options;
    await mkdir(program.home, { recursive: true, mode: 0o700 });
    await using credentials = await createCredentialEnv(access, remote, this.#options);
    onProcess(args[0] as string);
    try {
      const { env, protocols } = credentials;
      return await runGit(program, args, { ...call, env: { ...call.env, ...env }, protocols });
    } catch (error) {
      if (isAbortError(error) || call.signal?.aborted || !(error instanceof WindlassError)) throw error;
      if (error.code === 'EXEC_TIMEOUT') throw unreachable(access.url, 'it did not answer in time', error);
      if (!(error instanceof ExecFailed)) throw error;
      // Git has one exit code for everything, and its words may quote what the server sent: find out by other means.
      if (remote.transport !== 'ssh')
        throw unreachable(access.url, 'the server refused, or there is no repository', error);
      throw await diagnoseSsh({ program, access, command: credentials.sshCommand, url: remote.url }, call.signal);
    }
  }
}
