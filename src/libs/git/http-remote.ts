import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { withDeadline } from '#base/abort';
import type { Clock } from '#base/clock';
import { WindlassError, isAbortError } from '#base/errors';
import type { HttpAgents } from '#base/http-agents';
import type { GitAccess } from './git-access.ts';
import { httpStatusError, unreachable } from './git-errors.ts';
import type { GitLimits } from './git-store.ts';
import type { RemoteUrl } from './remote-url.ts';

/** Gives the value of the Authorization header for a repository; undefined for anonymous access. */
type Authorizer = (access: GitAccess, remote: RemoteUrl, signal?: AbortSignal) => Promise<string | undefined>;

export interface HttpRemoteDeps {
  readonly agents: HttpAgents;
  readonly clock: Clock;
  readonly authorize: Authorizer;
  readonly limits: GitLimits;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs: number;
}

export interface HttpAnswer {
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Dispatcher.ResponseData['body'];
  /** Where the answer came from, after redirects. */
  readonly url: string;
}

const maxRedirects = 5;

/** One repository over HTTP: connects as its access says, sends credentials to its own origin only. */
export class HttpRemote {
  readonly #deps: HttpRemoteDeps;
  readonly access: GitAccess;
  readonly remote: RemoteUrl;

  constructor(deps: HttpRemoteDeps, access: GitAccess, remote: RemoteUrl) {
    this.#deps = deps;
    this.access = access;
    this.remote = remote;
  }

  /**
   * Sends a request and hands its successful answer to `read` within the deadline. Redirects are followed by hand: never
   * to a lesser scheme, and without credentials once the origin changes.
   */
  async send<T>(call: HttpCall, read: (answer: HttpAnswer) => Promise<T>): Promise<T> {
    const { clock } = this.#deps;
    using deadline = withDeadline(clock, call.deadlineMs, 'the Git server', call.signal);
    try {
      return await read(await this.#follow(call, deadline.signal));
    } catch (error) {
      if (deadline.signal.aborted) throw this.#abortReason(deadline.signal.reason, call.signal);
      if (error instanceof WindlassError) throw error;
      throw unreachable(this.access.url, networkReason(error), error);
    }
  }

  get limits(): GitLimits {
    return this.#deps.limits;
  }

  /** Whether requests to the repository's own origin carry credentials. */
  get hasCredentials(): boolean {
    const { password, bearerToken, githubApp } = this.access;
    return Boolean(password ?? bearerToken ?? githubApp ?? this.remote.password);
  }

  async #follow(call: HttpCall, signal: AbortSignal): Promise<HttpAnswer> {
    const home = new URL(this.remote.url).origin;
    let url = new URL(call.url);
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const answer = await this.#request(call, url, url.origin === home, signal);
      const location = answer.headers['location'];
      if (answer.statusCode < 300 || answer.statusCode >= 400 || typeof location !== 'string') {
        if (answer.statusCode === 200) return { headers: answer.headers, body: answer.body, url: url.href };
        await answer.body.dump();
        throw httpStatusError(this.access.url, answer.statusCode, this.hasCredentials);
      }
      await answer.body.dump();
      url = this.#redirected(url, location, call.method, answer.statusCode);
    }
    throw unreachable(this.access.url, `the server redirected more than ${maxRedirects} times`);
  }

  #redirected(from: URL, location: string, method: string, status: number): URL {
    const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
    if (!to || to.username || !/^https?:$/.test(to.protocol))
      throw unreachable(this.access.url, 'the server redirected to no valid URL');
    if (from.protocol === 'https:' && to.protocol === 'http:') {
      throw unreachable(this.access.url, 'the server redirected from https to plain http');
    }
    if (method === 'POST' && status !== 307 && status !== 308) {
      throw unreachable(this.access.url, `the repository has moved to "${to.origin}${to.pathname}"`);
    }
    return to;
  }

  async #request(call: HttpCall, url: URL, withCredentials: boolean, signal: AbortSignal) {
    const { agents, authorize } = this.#deps;
    const authorization = withCredentials ? await authorize(this.access, this.remote, signal) : undefined;
    const send = () =>
      request(url, {
        method: call.method,
        dispatcher: agents.for(url, withCredentials ? this.access : withoutClientCertificate(this.access)),
        headers: { 'user-agent': 'git/windlass', ...(authorization ? { authorization } : {}), ...call.headers },
        ...(call.body === undefined ? {} : { body: call.body }),
        signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
    try {
      return await send();
    } catch (error) {
      // The server may close an idle connection just as we write to it. Our calls only read, so once more is safe.
      if (signal.aborted || errorCode(error) !== 'UND_ERR_SOCKET') throw error;
      return await send();
    }
  }

  #abortReason(reason: unknown, parent: AbortSignal | undefined): unknown {
    if (parent?.aborted) return parent.reason;
    if (reason instanceof WindlassError) return unreachable(this.access.url, 'it did not answer in time', reason);
    return reason;
  }
}

function withoutClientCertificate({ caPem, insecure, proxy, noProxy }: GitAccess) {
  return {
    ...(caPem ? { caPem } : {}),
    ...(insecure ? { insecure } : {}),
    ...(proxy ? { proxy } : {}),
    ...(noProxy ? { noProxy } : {}),
  };
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed by the other side',
  UND_ERR_SOCKET: 'the connection was closed by the other side',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the host',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
};

/** Why a connection failed, in words; the error's code where we have none. */
export function networkReason(error: unknown): string {
  if (isAbortError(error)) return 'the request was cancelled';
  const code = errorCode(error) ?? errorCode(error instanceof Error ? error.cause : undefined);
  return (code && reasons[code]) ?? (code ? `the connection failed (${code})` : 'the connection failed');
}
