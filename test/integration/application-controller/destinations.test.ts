import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { applicationType } from '#core/api';
import { startClusterTarget } from '#harness';
import type { ClusterTarget } from '#harness';
import { createKubeClient } from '#libs/kube';
import type { ClusterConnection, KubeClient } from '#libs/kube';
import { configMap, deployment } from './manifests.ts';
import { changeRights, createServiceAccount } from './service-account.ts';
import type { Rule } from './service-account.ts';
import { isSyncedAndHealthy, startController, types } from './start-controller.ts';
import type { ControllerUnderTest } from './start-controller.ts';
import { targets } from './targets.ts';

const secretManifest = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {k: v}\n';
const all = ['*'];
const mostRights: readonly Rule[] = [
  { apiGroups: [''], resources: ['namespaces', 'configmaps', 'pods', 'events'], verbs: all },
  { apiGroups: ['apps'], resources: all, verbs: all },
];
const everything: readonly Rule[] = [{ apiGroups: all, resources: all, verbs: all }];

describe.each(targets)('destinations on the %s server (the real one needs KUBEBUILDER_ASSETS)', (kind) => {
  const stack = new AsyncDisposableStack();
  const git = {
    'partly/a.yaml': configMap('a', '1') + deployment('d'),
    'blind/a.yaml': secretManifest,
    'plugged/a.yaml': configMap('a', '1'),
    'fenced/a.yaml': configMap('a', '1'),
    'outside/a.yaml': configMap('a', '1'),
    'quick/a.yaml': deployment('d'),
    'late/a.yaml': configMap('a', '1'),
    'lossy/a.yaml': configMap('a', '1'),
  };
  let cluster: ClusterTarget;
  let product: ControllerUnderTest;

  beforeAll(async () => {
    cluster = stack.use(await startClusterTarget(kind));
    product = stack.use(await startController(cluster.kubeconfig, git));
  }, 120_000);

  afterAll(() => stack.disposeAsync(), 60_000);

  /** The same server under another address is another cluster. */
  async function register(
    name: string,
    host: string,
    config: object,
    fields: object = {},
    owner: Pick<ControllerUnderTest, 'client' | 'namespace'> = product,
  ) {
    await owner.client.create(types.secret, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: owner.namespace, labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
      stringData: {
        name,
        server: cluster.url.replace('127.0.0.1', host),
        config: JSON.stringify({ tlsClientConfig: { insecure: true }, ...config }),
        ...fields,
      },
    });
  }

  it('does without kinds that it may not read, unless an application needs one', async () => {
    const bearerToken = await createServiceAccount(product.client, 'most', { rules: mostRights });
    await register('most', '127.1', { bearerToken });
    await product.createApplication('partly', { destination: { name: 'most', namespace: 'partly' } });
    await product.waitFor('partly', isSyncedAndHealthy);
    await product.createApplication('blind', { destination: { name: 'most', namespace: 'blind' } });
    const blind = await product.waitFor('blind', ({ status }) => status?.conditions !== undefined);
    expect(blind.status?.sync?.status).toBe('Unknown');
    expect(blind.status?.operationState).toBeUndefined();
    expect(blind.status?.conditions?.map(({ type, message }) => `${type} ${message}`).join()).toMatch(
      /^ComparisonError Failed to load live state: Secret: .*forbidden/,
    );
    await changeRights(product.client, 'most', everything);
    await product.waitFor('blind', isSyncedAndHealthy, 60_000);
  }, 90_000);

  it('gets its token from a credential plug-in; when the destination is gone, lets applications go', async () => {
    const token = await createServiceAccount(product.client, 'plugged', { rules: everything });
    const apiVersion = 'client.authentication.k8s.io/v1';
    const print = `console.log(JSON.stringify({apiVersion:"${apiVersion}",kind:"ExecCredential",status:{token:process.env.T}}))`;
    const execProviderConfig = { command: process.execPath, args: ['-e', print], env: { T: token }, apiVersion };
    await register('plugged', '127.0.1', { execProviderConfig });
    const finalizers = ['resources-finalizer.argocd.argoproj.io'];
    await product.createApplication(
      'plugged',
      { destination: { name: 'plugged', namespace: 'plugged' } },
      { finalizers },
    );
    await product.waitFor('plugged', isSyncedAndHealthy);
    await product.client.delete(types.secret, 'plugged', { namespace: product.namespace });
    await product.client.delete(applicationType, 'plugged', { namespace: product.namespace });
    await expect.poll(() => product.application('plugged'), { timeout: 20_000 }).toBeUndefined();
    expect((await product.client.get(types.configMap, 'a', { namespace: 'plugged' }))['data']).toEqual({ v: '1' });
  });

  it('finds a cluster whose Secret arrives while the Application is being called invalid', async () => {
    const name = 'argocd-late';
    await product.client.create(types.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const bearerToken = await createServiceAccount(product.client, 'late', { rules: everything });
    let isRegistered = false;
    const failpoint = async (point: string) => {
      if (point !== 'before-status' || isRegistered) return;
      isRegistered = true;
      await register('late', '127.0.0.001', { bearerToken }, {}, { client: product.client, namespace: name });
      // The controller hears of the Secret before it writes that there is none.
      await systemClock.sleep(300);
    };
    const options = { namespace: name, failpoints: () => failpoint };
    await using late = await startController(cluster.kubeconfig, git, options);
    const syncPolicy = { automated: {}, syncOptions: ['CreateNamespace=true'] };
    await late.createApplication('late', { destination: { name: 'late', namespace: 'late' }, syncPolicy });
    await late.waitFor('late', isSyncedAndHealthy);
  });

  it('stays within the namespaces of a cluster', async () => {
    await product.client.create(types.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fenced' } });
    const bearerToken = await createServiceAccount(product.client, 'fenced', {
      rules: everything,
      namespace: 'fenced',
    });
    await register('fenced', '0x7f.1', { bearerToken }, { namespaces: 'fenced' });
    const syncPolicy = { automated: {} };
    await product.createApplication('fenced', { destination: { name: 'fenced', namespace: 'fenced' }, syncPolicy });
    await product.waitFor('fenced', isSyncedAndHealthy);
    await product.createApplication('outside', { destination: { name: 'fenced', namespace: 'default' }, syncPolicy });
    const { status } = await product.waitFor('outside', (now) => now.status?.conditions !== undefined);
    expect(status?.sync?.status).toBe('Unknown');
    expect(status?.conditions?.[0]?.message).toContain('namespace "default" is not managed in this cluster');
    expect(status?.operationState).toBeUndefined();
  });

  it('cascades in the background when the finalizer says so', async () => {
    const finalizers = ['resources-finalizer.argocd.argoproj.io/background'];
    await product.createApplication('quick', {}, { finalizers });
    await product.waitFor('quick', isSyncedAndHealthy);
    const { metadata } = await product.client.list(types.deployment, { namespace: 'quick' });
    const abort = new AbortController();
    const events = product.client.watch(types.deployment, {
      namespace: 'quick',
      resourceVersion: metadata.resourceVersion ?? '',
      signal: abort.signal,
    });
    await product.client.delete(applicationType, 'quick', { namespace: product.namespace });
    await expect.poll(() => product.application('quick'), { timeout: 20_000 }).toBeUndefined();
    // In the foreground the Deployment would have waited for its Pods.
    for await (const { type, object } of events) {
      expect(object.metadata.finalizers ?? []).not.toContain('foregroundDeletion');
      if (type === 'DELETED') break;
    }
    abort.abort(new Error('done'));
  });

  it('re-verifies for ever: what a watch has lost is found, put right and counted', async () => {
    const name = 'argocd-lossy';
    await product.client.create(types.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    // Pauses between two kinds shrink, so that all are looked at in a moment.
    const clock = { ...systemClock, sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 50, signal) };
    const options = { namespace: name, clock, connect: connectLosing('configmaps'), verifyPeriodMs: 1000 };
    await using lossy = await startController(cluster.kubeconfig, git, options);
    const bearerToken = await createServiceAccount(product.client, 'lossy', { rules: everything });
    await register('lossy', '127.0.0.01', { bearerToken }, {}, lossy);
    const syncPolicy = { automated: {}, syncOptions: ['CreateNamespace=true'] };
    await lossy.createApplication('lossy', { destination: { name: 'lossy', namespace: 'lossy' }, syncPolicy });
    await lossy.waitFor('lossy', isSyncedAndHealthy);
    const before = await lossy.counter('windlass_verdicts_corrected_total');
    const edit = { data: { v: 'edited' } };
    await product.client.patch(types.configMap, 'a', edit, { type: 'merge', namespace: 'lossy' });
    await lossy.waitFor('lossy', ({ status }) => status?.sync?.status === 'OutOfSync');
    expect(await lossy.counter('windlass_verdicts_corrected_total')).toBeGreaterThan(before);
  });
});

/** A client whose watches of one kind never say anything. */
function connectLosing(resource: string): (connection: ClusterConnection) => KubeClient {
  return (connection) => {
    const client = createKubeClient(connection);
    const watch: KubeClient['watch'] = (type, options) =>
      type.resource === resource ? silence(options.signal) : client.watch(type, options);
    return Object.assign(Object.create(client) as KubeClient, { watch });
  };
}

async function* silence(signal: AbortSignal | undefined): AsyncGenerator<never> {
  await new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
  yield* [];
}
