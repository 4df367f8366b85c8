import type { UserIdentity } from '../authentication/user-identity.ts';

/** A request without its transport. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly contentType: string;
  readonly userAgent: string;
  readonly body: Buffer;
  readonly user: UserIdentity;
}

export type ApiHeaders = Record<string, string | string[]>;

/** An answer without its transport: one piece, or chunks as they come. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: ApiHeaders;
  readonly body: Buffer | StreamBody;
}

/** Writes chunks until it is stopped. */
export interface StreamBody {
  start(write: (chunk: Buffer) => void, end: () => void): void;
  stop(): void;
}

export function isStream(body: Buffer | StreamBody): body is StreamBody {
  return !Buffer.isBuffer(body);
}
