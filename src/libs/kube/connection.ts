import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import yaml from 'js-yaml';
import { WindlassError } from '#base/errors';
import { getPath, isRecord } from '#base/json';
import { Secret } from '#base/secret';

/** A command that prints an ExecCredential (client.authentication.k8s.io). */
export interface ExecPlugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  readonly provideClusterInfo?: boolean;
  readonly installHint?: string;
}

/** Everything needed to talk to one API server. */
export interface ClusterConnection {
  readonly server: string;
  readonly caPem?: string;
  readonly insecure?: boolean;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
  readonly token?: Secret;
  /** Re-read when it changes: projected service-account tokens rotate. */
  readonly tokenFile?: string;
  readonly clientCertPem?: string;
  readonly clientKeyPem?: Secret;
  readonly username?: string;
  readonly password?: Secret;
  readonly exec?: ExecPlugin;
  readonly impersonate?: { readonly user: string; readonly groups?: readonly string[] };
  /** The context's namespace, if it names one. */
  readonly namespace?: string;
}

/** Reads a kubeconfig file. Throws KUBECONFIG_INVALID naming the file and what is missing. */
export function loadKubeconfig(file: string, context?: string): ClusterConnection {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WindlassError({
      code: 'KUBECONFIG_INVALID',
      kind: 'InvalidInput',
      message: `The kubeconfig "${file}" cannot be read.`,
      hint: 'Check the path or set KUBECONFIG.',
      at: { file },
      cause,
    });
  }
  return parseKubeconfig(text, { file, ...(context === undefined ? {} : { context }) });
}

/** Parses kubeconfig text; relative paths are resolved from the file's folder. */
export function parseKubeconfig(
  text: string,
  options: { readonly file?: string; readonly context?: string } = {},
): ClusterConnection {
  const file = options.file ?? 'kubeconfig';
  const invalid = (message: string, field: string) =>
    new WindlassError({
      code: 'KUBECONFIG_INVALID',
      kind: 'InvalidInput',
      message: `Kubeconfig "${file}": ${message}`,
      at: { file, field },
    });
  const config = yaml.load(text, { schema: yaml.CORE_SCHEMA });
  if (!isRecord(config)) throw invalid('it is not a mapping.', '');
  const contextName = options.context ?? textOf(config['current-context']);
  const context = named(config['contexts'], contextName, 'context');
  if (!context) throw invalid(`context "${contextName ?? ''}" does not exist.`, 'current-context');
  const cluster = named(config['clusters'], textOf(context['cluster']), 'cluster');
  if (!cluster) throw invalid(`cluster "${textOf(context['cluster']) ?? ''}" does not exist.`, 'clusters');
  const server = textOf(cluster['server']);
  if (!server) throw invalid('the cluster names no server.', 'clusters.server');
  const user = named(config['users'], textOf(context['user']), 'user') ?? {};
  const base = dirname(resolve(file));
  const pem = (record: Record<string, unknown>, name: string) => {
    const inline = textOf(record[`${name}-data`]);
    if (inline !== undefined) return Buffer.from(inline, 'base64').toString('utf8');
    const path = textOf(record[name]);
    return path === undefined ? undefined : readFileSync(resolve(base, path), 'utf8');
  };
  const key = pem(user, 'client-key');
  return compact({
    server: server.replace(/\/+$/, ''),
    caPem: pem(cluster, 'certificate-authority'),
    insecure: cluster['insecure-skip-tls-verify'] === true ? true : undefined,
    tlsServerName: textOf(cluster['tls-server-name']),
    proxyUrl: textOf(cluster['proxy-url']),
    token: textOf(user['token']) === undefined ? undefined : new Secret(textOf(user['token']) as string),
    tokenFile: textOf(user['tokenFile']) === undefined ? undefined : resolve(base, textOf(user['tokenFile']) as string),
    clientCertPem: pem(user, 'client-certificate'),
    clientKeyPem: key === undefined ? undefined : new Secret(key),
    username: textOf(user['username']),
    password: textOf(user['password']) === undefined ? undefined : new Secret(textOf(user['password']) as string),
    exec: isRecord(user['exec']) ? parseExec(user['exec']) : undefined,
    namespace: textOf(context['namespace']),
  });
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The pod's own service account, when running inside a cluster; undefined elsewhere. */
export function inClusterConnection(env: NodeJS.ProcessEnv = process.env): ClusterConnection | undefined {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) return undefined;
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    caPem: readFileSync(`${serviceAccount}/ca.crt`, 'utf8'),
    tokenFile: `${serviceAccount}/token`,
    namespace: readFileSync(`${serviceAccount}/namespace`, 'utf8').trim(),
  };
}

function parseExec(exec: Record<string, unknown>): ExecPlugin {
  const env = Array.isArray(exec['env']) ? exec['env'] : [];
  return {
    command: textOf(exec['command']) ?? '',
    args: Array.isArray(exec['args']) ? exec['args'].map(String) : [],
    env: Object.fromEntries(
      env.map((entry) => [String(getPath(entry, 'name')), textOf(getPath(entry, 'value')) ?? '']),
    ),
    apiVersion: textOf(exec['apiVersion']) ?? 'client.authentication.k8s.io/v1',
    provideClusterInfo: exec['provideClusterInfo'] === true,
    ...(typeof exec['installHint'] === 'string' ? { installHint: exec['installHint'] } : {}),
  };
}

function named(list: unknown, name: string | undefined, member: string): Record<string, unknown> | undefined {
  if (!Array.isArray(list) || name === undefined) return undefined;
  const found = list.find((entry) => getPath(entry, 'name') === name);
  const value = getPath(found, member);
  return isRecord(value) ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function compact<T extends object>(record: T): Defined<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Defined<T>;
}
