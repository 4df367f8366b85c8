import type { IncomingHttpHeaders } from 'node:http';
import type { UserIdentity } from './user-identity.ts';
import { serviceAccountIdentity } from './token-authority.ts';

/** Who the caller wants to be; undefined when no impersonation header was sent. */
export function parseImpersonation(headers: IncomingHttpHeaders): UserIdentity | undefined {
  const name = first(headers['impersonate-user']);
  if (name === undefined) return undefined;
  const given = all(headers['impersonate-group']);
  const uid = first(headers['impersonate-uid']);
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  if (account && given.length === 0) return serviceAccountIdentity(account[1] ?? '', account[2] ?? '', uid);
  const own = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  return { name, ...(uid === undefined ? {} : { uid }), groups: [...new Set([...given, own])] };
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function all(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : value.split(',').map((one) => one.trim());
}
