import { WindlassError } from '#base/errors';
import { isRecord } from '#base/json';
import { Secret } from '#base/secret';
import type { KubeObject } from '#libs/kube';
import { SecretFields } from './secret-fields.ts';
import type { CredentialProblem, Parsed } from './secret-fields.ts';

/** A credential plug-in as client-go runs it. */
export interface ExecProvider {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
  /** Handed to the plug-in as it stands. */
  readonly config?: unknown;
}

/** How to reach one cluster, from a Secret labelled `cluster` (`compatibility.md` h.6). */
export interface ClusterConnection {
  readonly secretName: string;
  readonly name: string;
  /** Without trailing slash. */
  readonly server: string;
  readonly caPem?: string;
  readonly clientCert?: string;
  readonly clientKey?: Secret;
  readonly bearerToken?: Secret;
  readonly username?: string;
  readonly password?: Secret;
  readonly exec?: ExecProvider;
  readonly insecure?: boolean;
  readonly serverName?: string;
  readonly proxyUrl?: string;
  readonly disableCompression?: boolean;
  /** Empty: the whole cluster. */
  readonly namespaces: readonly string[];
  /** Whether cluster-scoped resources are managed although `namespaces` is set. */
  readonly clusterResources: boolean;
  readonly project?: string;
  readonly shard?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Value of the refresh annotation. */
  readonly refreshRequestedAt?: string;
}

/**
 * Reads a Secret labelled `cluster`. Throws CREDENTIAL_SECRET_INVALID for a missing server or a malformed `config`, and
 * CLUSTER_AUTH_UNSUPPORTED for `awsAuthConfig`.
 */
export function parseClusterSecret(secret: KubeObject): Parsed<ClusterConnection> {
  const fields = new SecretFields(secret);
  const server = fields.text('server')?.replace(/\/+$/, '');
  if (!server || !URL.canParse(server)) throw fields.fail('its "server" is no URL', 'server');
  const project = fields.text('project');
  const shard = fields.integer('shard');
  const { labels = {}, annotations = {} } = secret.metadata;
  const refreshRequestedAt = annotations['argocd.argoproj.io/refresh'];
  return fields.finish({
    secretName: fields.secretName,
    name: fields.text('name') ?? server,
    server,
    namespaces: (fields.text('namespaces') ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
    clusterResources: fields.boolean('clusterResources') ?? false,
    ...(project ? { project } : {}),
    ...(shard === undefined ? {} : { shard }),
    labels,
    annotations,
    ...(refreshRequestedAt ? { refreshRequestedAt } : {}),
    ...parseConfig(fields),
  });
}

type ConnectionConfig = Partial<ClusterConnection>;

function parseConfig(fields: SecretFields): ConnectionConfig {
  const config = new ConfigReader('config', readJson(fields), fields.problems);
  if (config.object('awsAuthConfig')) throw unsupportedAuth(fields.secretName);
  const tls = config.child('tlsClientConfig', fields.problems);
  const exec = parseExec(config.child('execProviderConfig', fields.problems), fields);
  const [clientKey, password, bearerToken] = [tls.pem('keyData'), config.text('password'), config.text('bearerToken')];
  const parsed = withoutUndefined({
    username: config.text('username'),
    password: password === undefined ? undefined : new Secret(password),
    bearerToken: bearerToken === undefined ? undefined : new Secret(bearerToken),
    proxyUrl: config.text('proxyUrl'),
    disableCompression: config.flag('disableCompression'),
    insecure: tls.flag('insecure'),
    serverName: tls.text('serverName'),
    caPem: tls.pem('caData'),
    clientCert: tls.pem('certData'),
    clientKey: clientKey === undefined ? undefined : new Secret(clientKey),
    exec,
  });
  for (const reader of [config, tls]) reader.reportUnknown(fields.problems);
  return parsed;
}

function parseExec(reader: ConfigReader, fields: SecretFields): ExecProvider | undefined {
  const command = reader.text('command');
  if (command === undefined) {
    if (!reader.isEmpty) throw fields.fail('its execProviderConfig has no "command"', 'config');
    return undefined;
  }
  const env = Object.entries(reader.object('env') ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const exec: ExecProvider = {
    command,
    args: reader.strings('args'),
    env: Object.fromEntries(env),
    apiVersion: reader.text('apiVersion') ?? 'client.authentication.k8s.io/v1',
    ...withoutUndefined({
      installHint: reader.text('installHint'),
      provideClusterInfo: reader.flag('provideClusterInfo'),
      config: reader.value('config'),
    }),
  };
  reader.reportUnknown(fields.problems);
  return exec;
}

function readJson(fields: SecretFields): Record<string, unknown> {
  const text = fields.text('config');
  if (text === undefined) return {};
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    // The parser's own words would quote the secret.
    throw fields.fail('its "config" is no JSON', 'config');
  }
  if (!isRecord(config)) throw fields.fail('its "config" is no JSON object', 'config');
  return config;
}

/** Reads one JSON object field by field and knows what nobody asked for. */
class ConfigReader {
  readonly #path: string;
  readonly #values: Record<string, unknown>;
  readonly #problems: CredentialProblem[];
  readonly #read = new Set<string>();

  constructor(path: string, values: Record<string, unknown>, problems: CredentialProblem[]) {
    this.#path = path;
    this.#values = values;
    this.#problems = problems;
  }

  get isEmpty(): boolean {
    return Object.keys(this.#values).length === 0;
  }

  value(name: string): unknown {
    this.#read.add(name);
    return this.#values[name] ?? undefined;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string') return value;
    this.#invalid(name, 'a text');
    return undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.value(name);
    if (value !== undefined && typeof value !== 'boolean') this.#invalid(name, 'true or false');
    return value === true ? true : undefined;
  }

  strings(name: string): string[] {
    const value = this.value(name) ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    this.#invalid(name, 'a list of texts');
    return [];
  }

  /** PEM text that stands in base64. */
  pem(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const text = Buffer.from(value, 'base64').toString('utf8');
    if (text.includes('-----BEGIN ')) return text;
    this.#invalid(name, 'PEM in base64');
    return undefined;
  }

  object(name: string): Record<string, unknown> | undefined {
    const value = this.value(name);
    if (value === undefined || isRecord(value)) return value;
    this.#invalid(name, 'an object');
    return undefined;
  }

  child(name: string, problems: CredentialProblem[]): ConfigReader {
    return new ConfigReader(`${this.#path}.${name}`, this.object(name) ?? {}, problems);
  }

  reportUnknown(problems: CredentialProblem[]): void {
    for (const name of Object.keys(this.#values)) {
      if (this.#read.has(name)) continue;
      const field = `${this.#path}.${name}`;
      problems.push({ code: 'UNKNOWN_FIELD', field, message: `"${field}" is no field of a cluster Secret.` });
    }
  }

  #invalid(name: string, wanted: string): void {
    const field = `${this.#path}.${name}`;
    this.#problems.push({ code: 'INVALID_VALUE', field, message: `"${field}" must be ${wanted}.` });
  }
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends Record<string, unknown>>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}

function unsupportedAuth(secretName: string): WindlassError {
  return new WindlassError({
    code: 'CLUSTER_AUTH_UNSUPPORTED',
    kind: 'Unimplemented',
    message: `The cluster Secret "${secretName}" uses "awsAuthConfig", which is not supported.`,
    hint: 'Use execProviderConfig with the command "aws" and the arguments "eks", "get-token", "--cluster-name", NAME.',
    retry: 'never',
  });
}
