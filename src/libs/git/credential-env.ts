import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProxySettings } from '#base/http-agents';
import { tempDir } from '#base/tempdir';
import type { GitAccess } from './git-access.ts';
import type { RemoteUrl } from './remote-url.ts';

/** Environment by which one Git process reaches a remote; the key files behind it go away on disposal. */
export interface CredentialEnv extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  /** For `GIT_ALLOW_PROTOCOL`. */
  readonly protocols: string;
  /** Program and options by which Git calls ssh; empty for other transports. */
  readonly sshCommand: readonly string[];
}

export interface CredentialEnvOptions {
  /** Private directory of ours for key files. */
  readonly dir: string;
  readonly authorization?: string | undefined;
  readonly sshPath?: string | undefined;
  readonly proxies?: ProxySettings | undefined;
}

/** Secrets reach Git by environment or by files that only we can read: never by argument, never by URL. */
export async function createCredentialEnv(
  access: GitAccess,
  remote: RemoteUrl,
  { dir, authorization, sshPath = 'ssh', proxies = {} }: CredentialEnvOptions,
): Promise<CredentialEnv> {
  if (remote.transport === 'file')
    return { env: {}, protocols: 'file', sshCommand: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const files = await tempDir('key-', dir);
  const write = async (name: string, content: string) => {
    const path = join(files.path, name);
    await writeFile(path, content.endsWith('\n') ? content : `${content}\n`, { mode: 0o600 });
    await chmod(path, 0o600);
    return path;
  };
  const isSsh = remote.transport === 'ssh';
  const sshCommand = isSsh ? [sshPath, ...(await sshOptions(access, write))] : [];
  const env = isSsh
    ? sshEnv(sshCommand)
    : { ...proxyEnv(access, proxies), ...(await httpEnv(access, authorization, write)) };
  const protocols = isSsh ? 'ssh' : remote.url.startsWith('http:') ? 'http' : 'https';
  return { env, protocols, sshCommand, [Symbol.asyncDispose]: () => files[Symbol.asyncDispose]() };
}

type WriteFile = (name: string, content: string) => Promise<string>;

async function sshOptions(access: GitAccess, write: WriteFile): Promise<string[]> {
  const options = [
    '-F', '/dev/null',
    '-o', 'BatchMode=yes',
    '-o', 'ConnectTimeout=10',
    '-o', 'GlobalKnownHostsFile=/dev/null',
    '-o', 'UpdateHostKeys=no',
  ]; // prettier-ignore
  if (access.insecure) options.push('-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null');
  else {
    const knownHosts = await write('known_hosts', access.knownHosts ?? '');
    options.push('-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${knownHosts}`);
  }
  if (access.sshPrivateKey) {
    const key = await write('identity', access.sshPrivateKey.reveal().replaceAll('\r\n', '\n'));
    options.push('-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none', '-i', key);
  }
  return options;
}

function sshEnv(command: readonly string[]): Record<string, string> {
  return { GIT_SSH_COMMAND: command.map(quoteForShell).join(' '), GIT_SSH_VARIANT: 'ssh' };
}

async function httpEnv(
  access: GitAccess,
  authorization: string | undefined,
  write: WriteFile,
): Promise<Record<string, string>> {
  const settings: [string, string][] = [];
  if (authorization) settings.push(['http.extraHeader', `Authorization: ${authorization}`]);
  if (access.caPem) settings.push(['http.sslCAInfo', await write('ca.pem', access.caPem)]);
  if (access.clientCert) settings.push(['http.sslCert', await write('client.pem', access.clientCert)]);
  if (access.clientKey) settings.push(['http.sslKey', await write('client.key', access.clientKey.reveal())]);
  if (access.insecure) settings.push(['http.sslVerify', 'false']);
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  for (const [i, [key, value]] of settings.entries()) {
    env[`GIT_CONFIG_KEY_${i}`] = key;
    env[`GIT_CONFIG_VALUE_${i}`] = value;
  }
  return env;
}

function proxyEnv(access: GitAccess, { httpProxy, httpsProxy, noProxy }: ProxySettings): Record<string, string> {
  const exceptions = access.proxy === undefined ? noProxy : access.noProxy;
  const [plain, secure] = [access.proxy ?? httpProxy, access.proxy ?? httpsProxy];
  return {
    ...(plain ? { http_proxy: plain } : {}),
    ...(secure ? { https_proxy: secure } : {}),
    ...(exceptions ? { no_proxy: exceptions } : {}),
  };
}

/** Git hands this variable to a shell; inside single quotes nothing has a meaning. */
function quoteForShell(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
