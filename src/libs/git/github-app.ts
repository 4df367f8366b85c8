import { createPrivateKey, createSign } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { request } from 'undici';
import { withDeadline } from '#base/abort';
import type { Clock } from '#base/clock';
import { WindlassError } from '#base/errors';
import { sha256 } from '#base/hash';
import type { HttpAgents } from '#base/http-agents';
import { isRecord } from '#base/json';
import { SingleFlight } from '#base/single-flight';
import type { GitAccess, GithubAppAccess } from './git-access.ts';
import { networkReason } from './http-remote.ts';

interface InstallationToken {
  readonly token: string;
  readonly expiresAt: number;
}

const deadlineMs = 15_000;
/** A token is renewed this long before it expires. */
const marginMs = 5 * 60_000;
const jwtLifeSeconds = 540;

/** Makes installation tokens of GitHub Apps and keeps each until shortly before it expires. */
export class GithubAppTokens {
  readonly #clock: Clock;
  readonly #agents: HttpAgents;
  readonly #tokens = new LRUCache<string, InstallationToken>({ max: 1000 });
  readonly #flights = new SingleFlight<InstallationToken>();

  constructor(clock: Clock, agents: HttpAgents) {
    this.#clock = clock;
    this.#agents = agents;
  }

  /** A token that opens the repository. Throws GITHUB_APP_FAILED. */
  async token(access: GitAccess, app: GithubAppAccess, signal?: AbortSignal): Promise<string> {
    const owner = ownerOf(access.url);
    const key = sha256(JSON.stringify([app.appId, app.installationId, app.apiBaseUrl, app.privateKey.reveal(), owner]));
    const known = this.#tokens.get(key);
    if (known && known.expiresAt - marginMs > this.#clock.now()) return known.token;
    const made = await this.#flights.run(key, () => this.#create(access, app, owner, signal));
    this.#tokens.set(key, made);
    return made.token;
  }

  async #create(
    access: GitAccess,
    app: GithubAppAccess,
    owner: string,
    signal?: AbortSignal,
  ): Promise<InstallationToken> {
    const jwt = signJwt(app, Math.floor(this.#clock.now() / 1000));
    const api = (app.apiBaseUrl ?? 'https://api.github.com').replace(/\/+$/, '');
    const ask = (method: 'GET' | 'POST', path: string) => this.#ask({ access, jwt, method, url: api + path, signal });
    const installation =
      app.installationId ?? String((await ask('GET', `/users/${encodeURIComponent(owner)}/installation`))['id']);
    if (!/^\d+$/.test(installation)) throw appFailed('the installation id is no number');
    const answer = await ask('POST', `/app/installations/${installation}/access_tokens`);
    const { token, expires_at: expires } = answer;
    if (typeof token !== 'string' || typeof expires !== 'string') throw appFailed('the answer holds no token');
    return { token, expiresAt: Date.parse(expires) };
  }

  async #ask(call: {
    access: GitAccess;
    jwt: string;
    method: 'GET' | 'POST';
    url: string;
    signal: AbortSignal | undefined;
  }): Promise<Record<string, unknown>> {
    using deadline = withDeadline(this.#clock, deadlineMs, 'the GitHub API', call.signal);
    const url = new URL(call.url);
    try {
      const answer = await request(url, {
        method: call.method,
        dispatcher: this.#agents.for(url, call.access),
        headers: {
          authorization: `Bearer ${call.jwt}`,
          accept: 'application/vnd.github+json',
          'user-agent': 'windlass',
        },
        signal: deadline.signal,
      });
      const body: unknown = await answer.body.json();
      if (answer.statusCode >= 300) throw appFailed(`the API answered with status ${answer.statusCode}`);
      if (!isRecord(body)) throw appFailed('the API answered with no object');
      return body;
    } catch (error) {
      if (error instanceof WindlassError) throw error;
      throw appFailed(networkReason(error), error);
    }
  }
}

/** A JSON Web Token by which the app proves who it is (RS256), valid for nine minutes. */
function signJwt(app: GithubAppAccess, nowSeconds: number): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  // A minute back, because the clocks of both sides differ.
  const claims = { iat: nowSeconds - 60, exp: nowSeconds + jwtLifeSeconds, iss: app.appId };
  const unsigned = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  try {
    const key = createPrivateKey(app.privateKey.reveal());
    return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(key, 'base64url')}`;
  } catch {
    throw appFailed('the private key is no RSA key in PEM form');
  }
}

function ownerOf(url: string): string {
  return URL.canParse(url) ? (new URL(url).pathname.split('/')[1] ?? '') : '';
}

function appFailed(why: string, cause?: unknown): WindlassError {
  return new WindlassError({
    code: 'GITHUB_APP_FAILED',
    kind: 'Unauthenticated',
    message: `No token could be made for the GitHub App: ${why}.`,
    hint: 'Check the app id, the installation id, the private key and the base URL of the API.',
    retry: 'later',
    ...(cause === undefined ? {} : { cause }),
  });
}
