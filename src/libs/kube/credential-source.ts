import { readFile } from 'node:fs/promises';
import { exec, minimalEnv } from '#base/exec';
import type { Clock } from '#base/clock';
import { WindlassError } from '#base/errors';
import { getPath } from '#base/json';
import { SingleFlight } from '#base/single-flight';
import type { ClusterConnection, ExecPlugin } from './connection.ts';

/** What authenticates one request; a certificate from an exec plug-in belongs to the connection, not the header. */
export interface Credential {
  readonly authorization?: string;
  readonly clientCertPem?: string;
  readonly clientKeyPem?: string;
}

/** Yields the credential for the next request; `refresh` drops what is cached after a 401. */
export interface CredentialSource {
  current(): Promise<Credential>;
  /** True when there is a chance that asking again helps. */
  refresh(): boolean;
}

const tokenFileTtlMs = 60_000;

export function createCredentialSource(connection: ClusterConnection, clock: Clock): CredentialSource {
  if (connection.exec) return execCredentials(connection, connection.exec, clock);
  if (connection.tokenFile !== undefined) return tokenFileCredentials(connection.tokenFile, clock);
  const fixed: Credential = connection.token
    ? { authorization: `Bearer ${connection.token.reveal()}` }
    : connection.username !== undefined
      ? {
          authorization: `Basic ${Buffer.from(`${connection.username}:${connection.password?.reveal() ?? ''}`).toString('base64')}`,
        }
      : {};
  return { current: () => Promise.resolve(fixed), refresh: () => false };
}

function tokenFileCredentials(file: string, clock: Clock): CredentialSource {
  let cached: { readonly credential: Credential; readonly until: number } | undefined;
  return {
    async current() {
      if (cached && clock.now() < cached.until) return cached.credential;
      const credential = { authorization: `Bearer ${(await readFile(file, 'utf8')).trim()}` };
      cached = { credential, until: clock.now() + tokenFileTtlMs };
      return credential;
    },
    refresh() {
      cached = undefined;
      return true;
    },
  };
}

function execCredentials(connection: ClusterConnection, plugin: ExecPlugin, clock: Clock): CredentialSource {
  const flight = new SingleFlight<Credential>();
  let cached: { readonly credential: Credential; readonly until: number } | undefined;
  return {
    current() {
      if (cached && clock.now() < cached.until) return Promise.resolve(cached.credential);
      return flight.run('exec', async () => {
        const { credential, expiresAt } = await runExecPlugin(connection, plugin);
        cached = { credential, until: expiresAt ?? Number.POSITIVE_INFINITY };
        return credential;
      });
    },
    refresh() {
      cached = undefined;
      return true;
    },
  };
}

async function runExecPlugin(
  connection: ClusterConnection,
  plugin: ExecPlugin,
): Promise<{ credential: Credential; expiresAt: number | undefined }> {
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(plugin.provideClusterInfo
        ? {
            cluster: {
              server: connection.server,
              ...(connection.caPem
                ? { 'certificate-authority-data': Buffer.from(connection.caPem).toString('base64') }
                : {}),
            },
          }
        : {}),
    },
  };
  const env = {
    ...minimalEnv(),
    HOME: process.env['HOME'] ?? '/',
    ...plugin.env,
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  };
  const { stdout } = await exec(plugin.command, plugin.args, { env, timeoutMs: 30_000, maxOutputBytes: 1024 * 1024 });
  let answer: unknown;
  try {
    answer = JSON.parse(stdout.toString('utf8'));
  } catch (cause) {
    throw new WindlassError({
      code: 'EXEC_CREDENTIAL_INVALID',
      kind: 'Unauthenticated',
      message: `The credential plug-in "${plugin.command}" did not print an ExecCredential.`,
      ...(plugin.installHint ? { hint: plugin.installHint } : {}),
      cause,
    });
  }
  const token = getPath(answer, 'status', 'token');
  const cert = getPath(answer, 'status', 'clientCertificateData');
  const key = getPath(answer, 'status', 'clientKeyData');
  const expiry = getPath(answer, 'status', 'expirationTimestamp');
  return {
    credential: {
      ...(typeof token === 'string' ? { authorization: `Bearer ${token}` } : {}),
      ...(typeof cert === 'string' && typeof key === 'string' ? { clientCertPem: cert, clientKeyPem: key } : {}),
    },
    expiresAt: typeof expiry === 'string' ? Date.parse(expiry) : undefined,
  };
}
