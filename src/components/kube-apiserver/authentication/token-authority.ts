import { asText } from '../registry/strategies/fields.ts';
import {
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Clock } from '#base/clock';
import { isRecord } from '#base/json';
import type { Journal } from '../storage/journal.ts';
import type { UserIdentity } from './user-identity.ts';
import { administrator } from './user-identity.ts';

export interface TokenClaims {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly audiences: readonly string[];
  readonly seconds: number;
}

/** Knows the administrator's token, and signs and reads those of service accounts. */
export class TokenAuthority {
  readonly issuer = 'https://kubernetes.default.svc';
  readonly administratorToken: string;
  readonly #key: KeyObject;
  readonly #clock: Clock;

  constructor(journal: Journal, clock: Clock, token: string | undefined) {
    this.#clock = clock;
    this.administratorToken = token ?? journal.meta('token') ?? randomBytes(24).toString('base64url');
    journal.setMeta('token', this.administratorToken);
    this.#key = createPrivateKey(journal.meta('serviceAccountKey') ?? makeKey(journal));
  }

  /** Who the bearer is; undefined for a token that is none of ours or over. `isKnown` asks whether the account still exists. */
  identify(
    token: string,
    isKnown: (namespace: string, name: string, uid: string) => boolean,
  ): UserIdentity | undefined {
    if (isSame(token, this.administratorToken)) return administrator;
    const claims = this.#verify(token);
    if (!claims) return undefined;
    const { name, namespace, uid } = claims;
    if (!isKnown(namespace, name, uid)) return undefined;
    return serviceAccountIdentity(namespace, name, uid);
  }

  sign({ name, namespace, uid, audiences, seconds }: TokenClaims): string {
    const now = Math.floor(this.#clock.now() / 1000);
    const payload = {
      aud: audiences,
      exp: now + seconds,
      iat: now,
      iss: this.issuer,
      jti: randomUUID(),
      'kubernetes.io': { namespace, serviceaccount: { name, uid } },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    const body = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(payload)}`;
    return `${body}.${createSign('RSA-SHA256').update(body).sign(this.#key).toString('base64url')}`;
  }

  #verify(token: string): { name: string; namespace: string; uid: string } | undefined {
    const [header = '', payload = '', signature = ''] = token.split('.');
    if (signature === '') return undefined;
    const isSigned = createVerify('RSA-SHA256')
      .update(`${header}.${payload}`)
      .verify(createPublicKey(this.#key), Buffer.from(signature, 'base64url'));
    if (!isSigned) return undefined;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
    if (typeof claims['exp'] !== 'number' || claims['exp'] * 1000 < this.#clock.now()) return undefined;
    const own = claims['kubernetes.io'];
    const account = isRecord(own) ? own['serviceaccount'] : undefined;
    if (!isRecord(own) || !isRecord(account)) return undefined;
    return {
      name: asText(account['name']),
      namespace: asText(own['namespace']),
      uid: asText(account['uid']),
    };
  }
}

export function serviceAccountIdentity(namespace: string, name: string, uid?: string): UserIdentity {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  return { name: `system:serviceaccount:${namespace}:${name}`, ...(uid === undefined ? {} : { uid }), groups };
}

function makeKey(journal: Journal): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  journal.setMeta('serviceAccountKey', pem);
  return pem;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
