import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { LRUCache } from 'lru-cache';
import { withDeadline } from '#base/abort';
import type { Clock } from '#base/clock';
import { WindlassError, isAbortError } from '#base/errors';
import { sha256 } from '#base/hash';
import type { HttpAgents } from '#base/http-agents';
import { isRecord } from '#base/json';
import { parseChallenge } from './parse-challenge.ts';
import type { Challenge } from './parse-challenge.ts';
import type { RegistryAccess } from './registry-access.ts';
import { artifactNotFound, registryAuthFailed, registryUnreachable } from './registry-errors.ts';

export type RegistryAnswer = Dispatcher.ResponseData;

export interface RegistryCall {
  readonly host: string;
  readonly repository: string;
  /** Below `/v2/`, or a whole path from a Link header. */
  readonly path: string;
  readonly accept?: string;
  /** What an error calls the thing asked for. */
  readonly what: string;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

const maxRedirects = 5;
/** Tokens live at least a minute by specification; half of their life is left to be on the safe side. */
const defaultTokenSeconds = 60;
/** Token services that well-known registries use beside their own host. */
const knownTokenHosts: Readonly<Record<string, string>> = {
  'registry-1.docker.io': 'auth.docker.io',
  'docker.io': 'auth.docker.io',
};

interface Token {
  readonly header: string;
  readonly expiresAt: number;
}

/** Requests to registries: connections, the token dance, redirects. Tokens are kept per registry, repository and identity. */
export class RegistrySession {
  readonly #agents: HttpAgents;
  readonly #clock: Clock;
  readonly #tokens = new LRUCache<string, Token>({ max: 5000 });

  constructor(agents: HttpAgents, clock: Clock) {
    this.#agents = agents;
    this.#clock = clock;
  }

  /** Sends a GET and hands its successful answer to `read` within the deadline. */
  async get<T>(access: RegistryAccess, call: RegistryCall, read: (answer: RegistryAnswer) => Promise<T>): Promise<T> {
    using deadline = withDeadline(this.#clock, call.deadlineMs, 'the registry', call.signal);
    try {
      return await read(await this.#authorized(access, call, deadline.signal));
    } catch (error) {
      if (call.signal?.aborted) throw error;
      if (deadline.signal.aborted) throw registryUnreachable(call.host, 'it did not answer in time', error);
      if (error instanceof WindlassError) throw error;
      throw registryUnreachable(
        call.host,
        isAbortError(error) ? 'the request was cancelled' : connectionReason(error),
        error,
      );
    }
  }

  async #authorized(access: RegistryAccess, call: RegistryCall, signal: AbortSignal): Promise<RegistryAnswer> {
    const key = tokenKey(access, call);
    const known = this.#tokens.get(key);
    const header = known && known.expiresAt > this.#clock.now() ? known.header : staticHeader(access);
    const first = await this.#follow(access, call, header, signal);
    if (first.statusCode !== 401) return checkStatus(first, call);
    const challenge = parseChallenge(String(first.headers['www-authenticate'] ?? ''));
    await first.body.dump();
    if (!challenge) throw registryAuthFailed(call.host, 'it asks for a kind of credentials that is not supported');
    const token = await this.#answer(access, call, challenge, signal);
    const second = await this.#follow(access, call, token.header, signal);
    if (second.statusCode === 401) {
      await second.body.dump();
      throw registryAuthFailed(
        call.host,
        hasCredentials(access) ? 'the credentials were rejected' : 'no credentials are configured',
      );
    }
    this.#tokens.set(key, token);
    return checkStatus(second, call);
  }

  async #answer(access: RegistryAccess, call: RegistryCall, challenge: Challenge, signal: AbortSignal): Promise<Token> {
    const basic = basicHeader(access);
    if (challenge.type === 'basic') {
      if (!basic) throw registryAuthFailed(call.host, 'no credentials are configured');
      return { header: basic, expiresAt: Infinity };
    }
    const realm = assertRealm(access, call.host, challenge.realm);
    realm.searchParams.set('scope', `repository:${call.repository}:pull`);
    if (challenge.service) realm.searchParams.set('service', challenge.service);
    const answer = await this.#send(access, realm, basic, undefined, signal);
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      throw registryAuthFailed(call.host, `its token service answered with status ${answer.statusCode}`);
    }
    const body: unknown = await answer.body.json();
    const token = isRecord(body) ? (body['token'] ?? body['access_token']) : undefined;
    if (!isRecord(body) || typeof token !== 'string')
      throw registryAuthFailed(call.host, 'its token service gave no token');
    const seconds = typeof body['expires_in'] === 'number' ? body['expires_in'] : defaultTokenSeconds;
    return { header: `Bearer ${token}`, expiresAt: this.#clock.now() + seconds * 500 };
  }

  /** Blobs often lie elsewhere: redirects are followed, without credentials once the origin changes. */
  async #follow(
    access: RegistryAccess,
    call: RegistryCall,
    header: string | undefined,
    signal: AbortSignal,
  ): Promise<RegistryAnswer> {
    const home = originOf(access, call.host);
    let url = new URL(call.path.startsWith('/') ? call.path : `/v2/${call.path}`, home);
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const isHome = url.origin === home;
      const answer = await this.#send(
        isHome ? access : withoutIdentity(access),
        url,
        isHome ? header : undefined,
        call.accept,
        signal,
      );
      const location = answer.headers['location'];
      if (answer.statusCode < 300 || answer.statusCode >= 400 || typeof location !== 'string') return answer;
      await answer.body.dump();
      url = assertRedirect(url, location, call.host);
    }
    throw registryUnreachable(call.host, `it redirected more than ${maxRedirects} times`);
  }

  #send(
    access: RegistryAccess,
    url: URL,
    authorization: string | undefined,
    accept: string | undefined,
    signal: AbortSignal,
  ) {
    return request(url, {
      method: 'GET',
      dispatcher: this.#agents.for(url, access),
      headers: {
        'user-agent': 'windlass',
        ...(accept ? { accept } : {}),
        ...(authorization ? { authorization } : {}),
      },
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }
}

/** Where a registry is: https, or http when asked for and on loopback. */
function originOf(access: RegistryAccess, host: string): string {
  const name = host.replace(/:\d+$/, '');
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(name);
  const plain = access.plainHttp ?? (isLoopback && access.caPem === undefined && access.insecure !== true);
  const actual = host === 'docker.io' ? 'registry-1.docker.io' : host;
  return `${plain ? 'http' : 'https'}://${actual}`.toLowerCase();
}

/** The token service must be the registry itself or a host configured for it: it is sent the password (`safety.md` C08). */
function assertRealm(access: RegistryAccess, host: string, realm: string): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  const own = new URL(originOf(access, host));
  const allowed = [own.host, knownTokenHosts[own.host], ...(access.tokenHosts ?? [])];
  if (
    !url ||
    !allowed.includes(url.host) ||
    (url.protocol !== 'https:' && url.protocol !== own.protocol) ||
    url.username
  ) {
    throw registryAuthFailed(
      host,
      `it sends us to the token service "${(url?.host ?? realm).slice(0, 100)}", which is not configured for it`,
    );
  }
  return url;
}

function assertRedirect(from: URL, location: string, host: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (!to || !/^https?:$/.test(to.protocol) || to.username)
    throw registryUnreachable(host, 'it redirected to no valid URL');
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw registryUnreachable(host, 'it redirected from https to plain http');
  return to;
}

async function checkStatus(answer: RegistryAnswer, call: RegistryCall): Promise<RegistryAnswer> {
  if (answer.statusCode === 200) return answer;
  await answer.body.dump();
  if (answer.statusCode === 404) throw artifactNotFound(call.what);
  if (answer.statusCode === 401 || answer.statusCode === 403)
    throw registryAuthFailed(call.host, 'the credentials may not read this');
  throw registryUnreachable(call.host, `it answered with status ${answer.statusCode}`);
}

function basicHeader({ username, password }: RegistryAccess): string | undefined {
  if (username === undefined && password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username ?? ''}:${password?.reveal() ?? ''}`).toString('base64')}`;
}

function staticHeader({ bearerToken }: RegistryAccess): string | undefined {
  return bearerToken && `Bearer ${bearerToken.reveal()}`;
}

function hasCredentials({ username, password, bearerToken }: RegistryAccess): boolean {
  return [username, password, bearerToken].some((value) => value !== undefined);
}

function withoutIdentity({ caPem, insecure, proxy, noProxy }: RegistryAccess): RegistryAccess {
  return {
    ...(caPem ? { caPem } : {}),
    ...(insecure ? { insecure } : {}),
    ...(proxy ? { proxy } : {}),
    ...(noProxy ? { noProxy } : {}),
  };
}

function tokenKey(access: RegistryAccess, call: RegistryCall): string {
  const identity = [access.username, access.password?.reveal(), access.bearerToken?.reveal()];
  return sha256(JSON.stringify([call.host, call.repository, ...identity]));
}

function connectionReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code ? `the connection failed (${code})` : 'the connection failed';
}
