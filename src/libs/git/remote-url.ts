import { WindlassError } from '#base/errors';
import type { GitAccess } from './git-access.ts';

type RemoteTransport = 'http' | 'ssh' | 'file';

export interface RemoteUrl {
  readonly transport: RemoteTransport;
  /** What is handed to Git: without credentials. */
  readonly url: string;
  /** User and password that stood in the URL. */
  readonly username?: string;
  readonly password?: string;
}

/** A URL fit for messages: without user info, query and fragment. */
export function displayUrl(url: string): string {
  return url
    .trim()
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1')
    .replace(/[?#].*$/s, '')
    .slice(0, 300);
}

/**
 * Which transport a repository URL asks for, checked against the policy: `https` and SSH always, `http` on loopback or
 * when the repository is marked insecure, `file` when tests allow it. Throws GIT_URL_INVALID or GIT_URL_FORBIDDEN.
 */
export function parseRemoteUrl(access: GitAccess, allowFileUrls = false): RemoteUrl {
  const text = access.url.trim();
  if (/[\0-\x20\x7f]/.test(text) || text.startsWith('-') || text === '') throw invalidUrl(text);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'https' || scheme === 'http') return parseHttpUrl(text, access);
  if (scheme === 'ssh' || scheme === 'git+ssh') return parseSshUrl(text.replace(/^git\+/i, ''));
  if (scheme === 'file' || (scheme === undefined && text.startsWith('/'))) {
    if (!allowFileUrls) throw forbiddenUrl(text, 'local files are not permitted');
    return { transport: 'file', url: text };
  }
  if (scheme !== undefined) throw forbiddenUrl(text, `the scheme "${scheme}" is not permitted`);
  const scp = /^(?:[\w.-]+@)?([\w.-]+|\[[0-9a-f:]+\]):[^:].*$/i.exec(text);
  if (scp && !(scp[1] as string).startsWith('-')) return { transport: 'ssh', url: text };
  // A bare "host/path" is read as https, as users of Argo CD may write it.
  if (/^[\w-]+(\.[\w-]+)+(:\d+)?\/./.test(text)) return parseHttpUrl(`https://${text}`, access);
  throw invalidUrl(text);
}

/** Whether two URLs have scheme, host and port in common. */
export function isSameOrigin(left: string, right: string): boolean {
  return new URL(left).origin === new URL(right).origin;
}

/** Whether a host name or address is this machine. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function parseHttpUrl(text: string, access: GitAccess): RemoteUrl {
  if (!URL.canParse(text)) throw invalidUrl(text);
  const url = new URL(text);
  if (url.search || url.hash) throw invalidUrl(text);
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && access.insecure !== true) {
    throw forbiddenUrl(text, 'plain http is only permitted for a repository that is marked insecure');
  }
  const { username, password } = url;
  url.username = '';
  url.password = '';
  return {
    transport: 'http',
    url: url.href.replace(/\/+$/, ''),
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
  };
}

function parseSshUrl(text: string): RemoteUrl {
  if (!URL.canParse(text)) throw invalidUrl(text);
  const url = new URL(text);
  if (url.hostname === '' || url.hostname.startsWith('-') || url.username.startsWith('-')) throw invalidUrl(text);
  url.password = '';
  return { transport: 'ssh', url: url.href };
}

function invalidUrl(text: string): WindlassError {
  return new WindlassError({
    code: 'GIT_URL_INVALID',
    kind: 'InvalidInput',
    message: `"${displayUrl(text).slice(0, 100)}" is no URL of a Git repository.`,
    hint: 'Use https://host/path, ssh://user@host/path or user@host:path.',
  });
}

function forbiddenUrl(text: string, why: string): WindlassError {
  return new WindlassError({
    code: 'GIT_URL_FORBIDDEN',
    kind: 'InvalidInput',
    message: `The repository URL "${displayUrl(text)}" was refused: ${why}.`,
    hint: 'Use an https or SSH URL.',
  });
}
