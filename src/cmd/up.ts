import { mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { raceAbort, withDeadline } from '#base/abort';
import type { Clock } from '#base/clock';
import { WindlassError } from '#base/errors';
import { createLogger } from '#base/log';
import type { Logger } from '#base/log';
import { collectProcessMetrics, createRegistry } from '#base/metrics';
import type { Registry } from '#base/metrics';
import { createHttpBackend } from '#libs/git';
import { createKubeClient, loadKubeconfig } from '#libs/kube';
import type { KubeClient } from '#libs/kube';
import { processIdentity } from './process-identity.ts';
import { openDataDir } from './data-dir.ts';
import type { DataDir } from './data-dir.ts';
import { ensureDemoApplication } from './demo/demo-application.ts';
import { ensureDemoRepository } from './demo/demo-repository.ts';
import { startEmbeddedCluster } from './embedded-cluster.ts';
import { findFreePort } from './free-port.ts';
import { readInitialAdminPassword } from './install/admin-password.ts';
import { installControlPlane } from './install/install-control-plane.ts';
import { startProduct } from './product.ts';
import type { Product } from './product.ts';
import { createProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import type { UpOptions } from './up-options.ts';
import { version } from './version.ts';
import { waitForAbort } from './wait-for-abort.ts';
import { startWebServer } from './web/web-server.ts';

export interface UpEnvironment {
  readonly clock: Clock;
  readonly cwd: string;
  /** Progress and the summary, line by line. */
  readonly write: (line: string) => void;
}

const demoTemplate = fileURLToPath(new URL('../../examples/demo', import.meta.url));
const stopDeadlineMs = 15_000;

/** Runs everything in this process until the signal aborts; state stays in the data directory. Rejects when start-up fails. */
export async function runUp(options: UpOptions, environment: UpEnvironment, signal: AbortSignal): Promise<void> {
  const { clock, write } = environment;
  const log = createLogger({ level: options.logLevel, format: options.logFormat });
  const metrics = createRegistry();
  collectProcessMetrics(metrics);
  const progress = createProgress(clock, write);
  const dataDir = openDataDir(options.dataDir);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => dataDir.release());
  write(`Windlass ${version}`);
  const base = { options, clock, log, metrics, progress, dataDir, signal, stack };
  const cluster = await startCluster(base);
  const created = await progress.step(
    'custom resources and settings',
    () => installControlPlane({ client: cluster.client, namespace: options.namespace, clock, signal }),
    (names) =>
      names.length === 0
        ? 'custom resources and settings are in place'
        : `created ${names.length} objects that were missing in namespace ${options.namespace}`,
  );
  log.debug({ created }, 'Installed');
  const webPort = await findFreePort(options.port);
  const product = await progress.step(
    'controllers',
    () => startControllers(base, cluster.client),
    () => 'repo-server and application controller',
  );
  const git = options.demo ? await createHttpBackend({ root: dataDir.git }) : undefined;
  const web = await startWebServer({
    port: webPort,
    metrics,
    version,
    isEmbedded: options.kubeconfig === undefined,
    health: () => health(product),
    ...(git ? { git } : {}),
  });
  stack.defer(() => web.close());
  if (options.demo) await startDemo(base, cluster.client, web.url);
  const password = await readInitialAdminPassword(cluster.client, options.namespace);
  writeFileSync(
    dataDir.status,
    `${JSON.stringify({ pid: process.pid, version, url: web.url, kubeconfig: cluster.kubeconfig, namespace: options.namespace, embedded: options.kubeconfig === undefined, startedAt: new Date(clock.now()).toISOString() }, null, 2)}\n`,
    { mode: 0o600 },
  );
  for (const line of summary({
    url: web.url,
    kubeconfig: cluster.kubeconfig,
    password,
    options,
    cwd: environment.cwd,
    demo: dataDir.demo,
  }))
    write(line);
  await untilStopped(product, signal);
  write('Stopping …');
  using deadline = withDeadline(clock, stopDeadlineMs, 'the components to stop');
  await raceAbort(stack.disposeAsync(), deadline.signal);
  write('Stopped. State is kept; start again to go on.');
}

interface Base {
  readonly options: UpOptions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly progress: Progress;
  readonly dataDir: DataDir;
  readonly signal: AbortSignal;
  readonly stack: AsyncDisposableStack;
}

interface Cluster {
  readonly client: KubeClient;
  /** Path of the file to give to kubectl. */
  readonly kubeconfig: string;
}

async function startCluster({ options, clock, progress, dataDir, stack }: Base): Promise<Cluster> {
  if (options.kubeconfig !== undefined) {
    const file = options.kubeconfig;
    const client = createKubeClient(loadKubeconfig(file), { clock, userAgent: `windlass/${version}` });
    stack.defer(() => client.close());
    await progress.step(
      `cluster of ${file}`,
      () => client.version({ timeoutMs: 10_000 }),
      (found) => `Kubernetes ${found.gitVersion} at ${client.server}`,
    );
    return { client, kubeconfig: file };
  }
  const port = await findFreePort(options.kubePort);
  const embedded = await progress.step(
    'embedded Kubernetes',
    () =>
      startEmbeddedCluster({
        dataDir: dataDir.cluster,
        port,
        clock,
        logLevel: options.logLevel,
        logFormat: options.logFormat,
      }),
    (cluster) => `embedded Kubernetes (pods are simulated) at ${cluster.url}`,
  );
  stack.defer(() => embedded.close());
  writeFileSync(dataDir.kubeconfig, embedded.kubeconfig, { mode: 0o600 });
  return { client: embedded.client, kubeconfig: dataDir.kubeconfig };
}

async function startControllers(
  { options, clock, log, metrics, dataDir, stack }: Base,
  client: KubeClient,
): Promise<Product> {
  for (const dir of [dataDir.cache, dataDir.manifests]) mkdirSync(dir, { recursive: true, mode: 0o700 });
  const product = await startProduct({
    client,
    namespace: options.namespace,
    cacheDir: dataDir.cache,
    manifestsDir: dataDir.manifests,
    clock,
    log,
    metrics,
    identity: processIdentity(),
    leaderElection: options.kubeconfig !== undefined,
    takeOver: options.takeOver,
  });
  stack.defer(() => product.stop());
  return product;
}

async function startDemo({ options, progress, dataDir, signal }: Base, client: KubeClient, url: string): Promise<void> {
  const repoURL = `${url}/git/demo.git`;
  await progress.step(
    'demo',
    async () => {
      await ensureDemoRepository({
        template: demoTemplate,
        gitRoot: dataDir.git,
        workDir: dataDir.demo,
        url: repoURL,
        signal,
      });
      await ensureDemoApplication(client, options.namespace, repoURL);
    },
    () => `demo from ${repoURL}`,
  );
}

async function untilStopped(product: Product, signal: AbortSignal): Promise<void> {
  await Promise.race([waitForAbort(signal), product.running]);
  if (!signal.aborted) {
    throw new WindlassError({
      code: 'COMPONENT_ENDED',
      kind: 'Internal',
      message: 'The application controller ended by itself.',
      hint: 'Start again with --log-level debug to see why.',
    });
  }
}

function health({ controller }: Product): { name: string; problem?: string }[] {
  const { readOnlyReason } = controller.status();
  return [
    { name: 'repo-server' },
    { name: 'application-controller', ...(readOnlyReason === undefined ? {} : { problem: readOnlyReason }) },
  ];
}

interface SummaryInput {
  readonly url: string;
  readonly kubeconfig: string;
  readonly password: string | undefined;
  readonly options: UpOptions;
  readonly cwd: string;
  readonly demo: string;
}

function summary({ url, kubeconfig, password, options, cwd, demo }: SummaryInput): string[] {
  const near = (path: string) => (relative(cwd, path).startsWith('..') ? path : relative(cwd, path));
  return [
    '',
    `  URL         ${url}`,
    `  Login       admin / ${password ?? '(the password you chose)'}`,
    `  KUBECONFIG  ${near(kubeconfig)}`,
    '',
    '  Try, in another terminal:',
    '    bin/windlass app list',
    ...(options.demo
      ? [
          `    edit ${near(demo)}/message-app/configmap.yaml, then:  git -C ${near(demo)} commit -am "New message" && git -C ${near(demo)} push`,
          `    kubectl --kubeconfig ${near(kubeconfig)} -n staging delete deployment message-app   (it comes back)`,
        ]
      : []),
    '    bin/windlass why message-app',
    '',
    '  Ctrl-C stops; state is kept.',
    '',
  ];
}
