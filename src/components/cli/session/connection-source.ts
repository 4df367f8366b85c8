import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { WindlassError } from '#base/errors';
import { Secret } from '#base/secret';
import { inClusterConnection, loadKubeconfig } from '#libs/kube';
import type { ClusterConnection } from '#libs/kube';
import type { Flags } from '../program/flags.ts';
import type { Environment } from '../program/invocation.ts';
import { readUpStatus } from './up-status.ts';
import type { UpStatus } from './up-status.ts';

export interface ConnectionPlace {
  readonly flags: Flags;
  readonly env: Environment;
  readonly cwd: string;
}

export interface FoundConnection {
  readonly connection: ClusterConnection;
  readonly namespace: string;
  /** For people: the file, or the service account. */
  readonly origin: string;
  readonly up: UpStatus | undefined;
}

const defaultNamespace = 'argocd';

/**
 * The cluster to talk to: `--kubeconfig`, KUBECONFIG, a running `windlass up` here or above, ~/.kube/config, the pod's own.
 * Throws CLUSTER_NOT_FOUND, KUBECONFIG_INVALID.
 */
export function findConnection({ flags, env, cwd }: ConnectionPlace): FoundConnection {
  const dataDir = findDataDir({ flags, env, cwd });
  const up = dataDir === undefined ? undefined : readUpStatus(dataDir);
  const file = findKubeconfig({ flags, env, cwd }, dataDir);
  const context = flags.globalText('context') ?? flags.globalText('kube-context');
  const connection = file === undefined ? inClusterConnection(env) : loadKubeconfig(file, context);
  if (connection === undefined) throw nowhere();
  // What "windlass up" wrote counts only for the cluster that it wrote it about.
  const isOfUp = up !== undefined && file !== undefined && dataDir !== undefined && isSameFile(file, up, dataDir);
  return {
    connection: overridden(connection, flags),
    namespace:
      flags.globalText('namespace') ??
      env['WINDLASS_NAMESPACE'] ??
      (isOfUp ? up.namespace : undefined) ??
      (connection.namespace === 'default' ? undefined : connection.namespace) ??
      defaultNamespace,
    origin: file ?? 'the service account of this pod',
    up: isOfUp ? up : undefined,
  };
}

/** The data directory that a flag, the environment or a `.windlass` in this directory or above names; undefined when there is none. */
export function findDataDir({ flags, env, cwd }: ConnectionPlace): string | undefined {
  const named = flags.globalText('data-dir') ?? env['WINDLASS_DATA_DIR'];
  if (named !== undefined) return resolve(cwd, named);
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    const candidate = join(directory, '.windlass');
    if (existsSync(candidate)) return candidate;
    if (dirname(directory) === directory) return undefined;
  }
}

function findKubeconfig({ flags, env, cwd }: ConnectionPlace, dataDir: string | undefined): string | undefined {
  const flag = flags.globalText('kubeconfig');
  if (flag !== undefined) return resolve(cwd, flag);
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
  if (listed.length > 0)
    return resolve(cwd, listed.find((file) => existsSync(resolve(cwd, file))) ?? (listed[0] as string));
  const own = dataDir === undefined ? undefined : join(dataDir, 'kubeconfig');
  const status = dataDir === undefined ? undefined : readUpStatus(dataDir);
  if (status?.kubeconfig !== undefined && existsSync(status.kubeconfig)) return status.kubeconfig;
  if (own !== undefined && existsSync(own)) return own;
  const home = env['HOME'] === undefined ? undefined : join(env['HOME'], '.kube', 'config');
  return home !== undefined && existsSync(home) ? home : undefined;
}

function isSameFile(file: string, { kubeconfig }: UpStatus, dataDir: string): boolean {
  return file === kubeconfig || file === join(dataDir, 'kubeconfig');
}

/** kubectl's flags that replace parts of the connection. */
function overridden(connection: ClusterConnection, flags: Flags): ClusterConnection {
  const [token, username, password, proxyUrl] = [
    flags.globalText('token'),
    flags.globalText('username'),
    flags.globalText('password'),
    flags.globalText('proxy-url'),
  ];
  return {
    ...connection,
    ...(token === undefined ? {} : { token: new Secret(token) }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: new Secret(password) }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    ...(flags.is('insecure-skip-tls-verify') ? { insecure: true } : {}),
  };
}

function nowhere(): WindlassError {
  return new WindlassError({
    code: 'CLUSTER_NOT_FOUND',
    kind: 'NotFound',
    message: 'No cluster was found: there is no kubeconfig, no running "windlass up" here, and this is no pod.',
    hint: 'Start one with "windlass up", or name a kubeconfig with --kubeconfig.',
  });
}
