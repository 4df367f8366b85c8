import { withDeadline } from '#base/abort';
import type { Clock } from '#base/clock';
import { WindlassError } from '#base/errors';
import { isRecord } from '#base/json';
import { Secret } from '#base/secret';
import type { KubeClient, KubeObject } from '#libs/kube';
import { secretType } from './core/destination-clients.ts';

const account = 'argocd-manager';
const fieldManager = 'windlass-cli';
const tokenTimeoutMs = 30_000;
const rbac = 'rbac.authorization.k8s.io/v1';

export interface ManagerTokenOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Of the service account. */
  readonly namespace: string;
  /** Rights in these only; none = everywhere. */
  readonly namespaces: readonly string[];
  /** An account that exists already; undefined makes `argocd-manager`. */
  readonly account: string | undefined;
}

/** Makes (or takes) the service account and answers a token of it that does not expire. Throws TOKEN_MISSING. */
export async function createManagerToken(options: ManagerTokenOptions): Promise<Secret> {
  const name = options.account ?? account;
  if (options.account === undefined) for (const object of buildAccount(options)) await apply(options, object);
  await apply(options, buildTokenSecret(name, options.namespace));
  return waitForToken(options, `${name}-long-lived-token`);
}

/** Names as Argo CD gives them, so that both find them (`compatibility.md` m). */
function buildAccount({ namespace, namespaces }: ManagerTokenOptions): readonly KubeObject[] {
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace }];
  const rules = [
    { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    { nonResourceURLs: ['*'], verbs: ['*'] },
  ];
  const binding = (kind: string, place: Readonly<Record<string, string>>, roleKind: string): KubeObject => ({
    apiVersion: rbac,
    kind,
    metadata: { name: `${account}-role-binding`, ...place },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name: `${account}-role` },
    subjects,
  });
  const serviceAccount: KubeObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: account, namespace },
  };
  if (namespaces.length === 0) {
    return [
      serviceAccount,
      { apiVersion: rbac, kind: 'ClusterRole', metadata: { name: `${account}-role` }, rules },
      binding('ClusterRoleBinding', {}, 'ClusterRole'),
    ];
  }
  return [
    serviceAccount,
    ...namespaces.flatMap((place) => [
      {
        apiVersion: rbac,
        kind: 'Role',
        metadata: { name: `${account}-role`, namespace: place },
        rules: rules.slice(0, 1),
      },
      binding('RoleBinding', { namespace: place }, 'Role'),
    ]),
  ];
}

function buildTokenSecret(name: string, namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: {
      name: `${name}-long-lived-token`,
      namespace,
      annotations: { 'kubernetes.io/service-account.name': name },
    },
  };
}

async function apply({ client, signal }: ManagerTokenOptions, object: KubeObject): Promise<void> {
  const { namespace, name = '' } = object.metadata;
  const [group = '', version = ''] = object.apiVersion.includes('/')
    ? object.apiVersion.split('/')
    : ['', object.apiVersion];
  const type = await client.discovery.find({ group, version, kind: object.kind }, { signal });
  if (type === undefined) throw missing(`The cluster does not serve ${object.kind}.`);
  await client.patch(type, name, object, {
    type: 'apply',
    force: true,
    fieldManager,
    signal,
    ...(namespace ? { namespace } : {}),
  });
}

/** A controller of the cluster fills the Secret in. */
async function waitForToken({ client, clock, signal, namespace }: ManagerTokenOptions, name: string): Promise<Secret> {
  using deadline = withDeadline(clock, tokenTimeoutMs, 'the token', signal);
  const place = { namespace, fieldSelector: `metadata.name=${name}`, signal: deadline.signal };
  const { items, metadata } = await client.list(secretType, place);
  const ready = items.map(tokenOf).find((token) => token !== undefined);
  if (ready) return ready;
  try {
    for await (const { type, object } of client.watch(secretType, {
      ...place,
      resourceVersion: metadata.resourceVersion ?? '0',
    })) {
      const token = type === 'ADDED' || type === 'MODIFIED' ? tokenOf(object) : undefined;
      if (token) return token;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!deadline.signal.aborted) throw error;
  }
  throw missing(`The cluster gave no token for "${name}" within ${tokenTimeoutMs / 1000} s.`);
}

function tokenOf({ data }: KubeObject): Secret | undefined {
  const token = isRecord(data) ? data['token'] : undefined;
  return typeof token === 'string' && token !== ''
    ? new Secret(Buffer.from(token, 'base64').toString('utf8'))
    : undefined;
}

function missing(message: string): WindlassError {
  return new WindlassError({
    code: 'TOKEN_MISSING',
    kind: 'FailedPrecondition',
    message,
    hint: 'Use an account that exists with --service-account, or a credential program with --exec-command.',
  });
}
