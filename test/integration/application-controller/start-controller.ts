import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#base/clock';
import type { Clock } from '#base/clock';
import { createLogger, silentLogger } from '#base/log';
import { createRegistry } from '#base/metrics';
import { installControlPlane } from '#cmd/install/install-control-plane';
import { startProduct } from '#cmd/product';
import type { ApplicationControllerOptions } from '#components/application-controller';
import { applicationType } from '#core/api';
import type { Application, ApplicationSpec } from '#core/api';
import { startGitServer } from '#harness';
import type { Files } from '#harness';
import { createKubeClient, isNotFound, loadKubeconfig } from '#libs/kube';
import type { KubeClient, KubeObject, ResourceType } from '#libs/kube';

const log = process.env['WINDLASS_TEST_LOG'] ? createLogger({ format: 'text', level: 'debug' }) : silentLogger;

export const types = {
  configMap: { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true },
  deployment: { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true },
  job: { group: 'batch', version: 'v1', resource: 'jobs', kind: 'Job', namespaced: true },
  namespace: { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', namespaced: false },
  secret: { group: '', version: 'v1', resource: 'secrets', kind: 'Secret', namespaced: true },
} satisfies Record<string, ResourceType>;

export interface CountedCall {
  readonly verb: string;
  readonly path: string;
}

export interface ControllerUnderTest extends AsyncDisposable {
  /** The test's own client: its calls are not counted. */
  readonly client: KubeClient;
  readonly repository: Awaited<ReturnType<Awaited<ReturnType<typeof startGitServer>>['createRepository']>>;
  /** Calls of the product, watches and lists included. */
  readonly calls: CountedCall[];
  readonly namespace: string;
  /** The sum of a counter of the product over all labels. */
  counter(name: string): Promise<number>;
  /** Creates an Application of a folder of the repository; its destination namespace is `name`. */
  createApplication(name: string, spec?: Partial<ApplicationSpec>, metadata?: object): Promise<void>;
  application(name: string): Promise<Application | undefined>;
  patchApplication(name: string, patch: object): Promise<void>;
  /** Resolves with the Application as soon as it is as wanted; watches, does not poll. */
  waitFor(name: string, isWanted: (application: Application) => boolean, timeoutMs?: number): Promise<Application>;
  /** Starts the product once more, beside one whose writes are frozen: what `kill -9` leaves behind. */
  replace(): Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions extends Pick<ApplicationControllerOptions, 'connect' | 'verifyPeriodMs'> {
  readonly clock?: Clock;
  readonly namespace?: string;
  readonly leaderElection?: boolean;
  /** Makes the failpoint of each start. */
  readonly failpoints?: () => NonNullable<ApplicationControllerOptions['failpoint']>;
}

/** A repository, and the whole product against a cluster that a kubeconfig names. */
export async function startController(
  kubeconfig: string,
  files: Files,
  options: StartOptions = {},
): Promise<ControllerUnderTest> {
  const namespace = options.namespace ?? 'argocd';
  const directory = await mkdtemp(join(tmpdir(), 'windlass-controller-'));
  const git = await startGitServer();
  const repository = await git.createRepository('apps', files);
  const client = createKubeClient(loadKubeconfig(kubeconfig));
  await installControlPlane({ client, namespace, clock: systemClock, signal: AbortSignal.timeout(30_000) });
  const calls: CountedCall[] = [];
  const counted = createKubeClient(loadKubeconfig(kubeconfig), {
    onCall: ({ verb, path }) => calls.push({ verb, path }),
  });
  const metrics = createRegistry();
  const { connect, verifyPeriodMs, clock = systemClock } = options;
  const start = () =>
    startProduct({
      client: counted,
      namespace,
      cacheDir: join(directory, 'cache'),
      manifestsDir: join(directory, 'manifests'),
      clock,
      log,
      metrics,
      identity: 'test',
      leaderElection: options.leaderElection ?? false,
      ...(connect ? { connect } : {}),
      ...(verifyPeriodMs === undefined ? {} : { verifyPeriodMs }),
      ...(options.failpoints ? { failpoint: options.failpoints() } : {}),
    });
  let product = await start();
  const abandoned: (typeof product)[] = [];
  const scope = { namespace };
  const application = async (name: string) => {
    try {
      return (await client.get(applicationType, name, scope)) as Application & KubeObject;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  return {
    client,
    repository,
    calls,
    namespace,
    application,
    async counter(name) {
      const { values } = (await metrics.getSingleMetric(name)?.get()) ?? { values: [] };
      return values.reduce((sum, { value }) => sum + value, 0);
    },
    async createApplication(name, spec = {}, metadata = {}) {
      const object: Application & KubeObject = {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name, namespace, ...metadata },
        spec: {
          project: 'default',
          destination: { server: 'https://kubernetes.default.svc', namespace: name },
          source: { repoURL: repository.url, path: name, targetRevision: 'main' },
          syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
          ...spec,
        },
      };
      await client.create(applicationType, object);
    },
    async patchApplication(name, patch) {
      await client.patch(applicationType, name, patch, { type: 'merge', ...scope });
    },
    waitFor: (name, isWanted, timeoutMs = 30_000) => waitFor(client, { name, namespace }, isWanted, timeoutMs),
    async replace() {
      abandoned.push(product);
      product = await start();
    },
    stop: () => product.stop(),
    async [Symbol.asyncDispose]() {
      await Promise.all([product, ...abandoned].map((one) => one.stop()));
      await Promise.all([counted.close(), client.close(), git[Symbol.asyncDispose]()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function waitFor(
  client: KubeClient,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  isWanted: (application: Application) => boolean,
  timeoutMs: number,
): Promise<Application> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error('timeout')), timeoutMs);
  let last: Application | undefined;
  try {
    const list = await client.list(applicationType, { namespace, fieldSelector: `metadata.name=${name}` });
    last = list.items[0] as (Application & KubeObject) | undefined;
    if (last !== undefined && isWanted(last)) return last;
    const events = client.watch(applicationType, {
      namespace,
      fieldSelector: `metadata.name=${name}`,
      resourceVersion: list.metadata.resourceVersion ?? '',
      signal: abort.signal,
    });
    for await (const event of events) {
      if (event.type === 'BOOKMARK' || event.type === 'DELETED') continue;
      last = event.object as Application & KubeObject;
      if (isWanted(last)) return last;
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
    abort.abort(new Error('done'));
  }
  throw new Error(
    `Application "${name}" did not become as wanted in ${timeoutMs} ms; it is ${JSON.stringify(last?.status)}`,
  );
}

export function isSyncedAndHealthy({ status, operation }: Application): boolean {
  return status?.sync?.status === 'Synced' && status.health?.status === 'Healthy' && operation === undefined;
}
