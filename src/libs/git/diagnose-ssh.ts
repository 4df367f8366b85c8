import { connect } from 'node:net';
import { WindlassError } from '#base/errors';
import { exec } from '#base/exec';
import type { GitAccess } from './git-access.ts';
import { repositoryNotFound, unreachable } from './git-errors.ts';
import type { GitProgram } from './git-command.ts';
import { networkReason } from './http-remote.ts';
import { displayUrl } from './remote-url.ts';

/** How to call ssh for one repository. */
export interface SshCall {
  readonly program: GitProgram;
  readonly access: GitAccess;
  /** Program and options. */
  readonly command: readonly string[];
  readonly url: string;
}

interface SshTarget {
  readonly destination: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const probeTimeoutMs = 15_000;
/** The exit code by which ssh says that it did not get as far as running the command. */
const sshFailed = 255;

/**
 * Finds out why Git over SSH failed, by exit codes instead of words: does the port answer, does ssh get in, does the
 * command find the repository?
 */
export async function diagnoseSsh(call: SshCall, signal?: AbortSignal): Promise<WindlassError> {
  const target = parseSshTarget(call.url);
  if (!target) return unreachable(call.access.url, 'the URL names no host');
  const refusal = await tryConnect(target);
  if (refusal) return unreachable(call.access.url, refusal);
  const [ssh = 'ssh', ...options] = call.command;
  const remoteCommand = `git-upload-pack '${target.path.replaceAll("'", `'\\''`)}'`;
  const args = [...options, '-p', String(target.port), '--', target.destination, remoteCommand];
  const anyCode = Array.from({ length: 256 }, (_, code) => code);
  const { clock, home } = call.program;
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: home, LANG: 'C' };
  // Four zeros end the conversation politely when there is a repository after all.
  const run = {
    env,
    cwd: home,
    clock,
    input: '0000',
    timeoutMs: probeTimeoutMs,
    okCodes: anyCode,
    ...(signal ? { signal } : {}),
  };
  const { code } = await exec(ssh, args, run);
  if (code === sshFailed) return loginFailed(call.access);
  if (code === 0) return unreachable(call.access.url, 'the connection broke off');
  return repositoryNotFound(call.access.url);
}

/** Reads `ssh://[user@]host[:port]/path` and `[user@]host:path`. */
export function parseSshTarget(url: string): SshTarget | undefined {
  if (/^ssh:\/\//i.test(url)) {
    if (!URL.canParse(url)) return undefined;
    const { username, hostname, port, pathname } = new URL(url);
    const user = username ? `${decodeURIComponent(username)}@` : '';
    const host = hostname.replace(/^\[|\]$/g, '');
    const path = decodeURIComponent(pathname).replace(/^\/~/, '~');
    return { destination: user + host, host, port: port ? Number(port) : 22, path };
  }
  const [, user = '', host, path] = /^([^@/:[]+@)?(\[[^\]]+\]|[^/:[]+):(.+)$/.exec(url) ?? [];
  if (host === undefined || path === undefined) return undefined;
  const bare = host.replace(/^\[|\]$/g, '');
  return { destination: user + bare, host: bare, port: 22, path };
}

function tryConnect({ host, port }: SshTarget): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: probeTimeoutMs });
    const finish = (reason?: string) => {
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => finish());
    socket.once('timeout', () => finish('the connection timed out'));
    socket.once('error', (error) => finish(networkReason(error)));
  });
}

function loginFailed(access: GitAccess): WindlassError {
  const hosts =
    access.insecure || access.knownHosts ? '' : ' No known hosts are configured, so no host key is trusted.';
  return new WindlassError({
    code: 'GIT_AUTH_FAILED',
    kind: 'Unauthenticated',
    message: `The SSH login at "${displayUrl(access.url)}" failed: the host key is not known, or the private key was refused.${hosts}`,
    hint: 'Check that the known hosts hold the key that the server shows, and that the private key may read the repository.',
    retry: 'later',
  });
}
