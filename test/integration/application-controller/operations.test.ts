import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { annotations } from '#core/api';
import type { Operation } from '#core/api';
import { startClusterTarget } from '#harness';
import { isNotFound } from '#libs/kube';
import { configMap, deployment } from './manifests.ts';
import { isSyncedAndHealthy, startController, types } from './start-controller.ts';
import type { ControllerUnderTest } from './start-controller.ts';
import { targets } from './targets.ts';

const manual = { syncPolicy: { syncOptions: ['CreateNamespace=true'] } };
/** The server refuses it: the selector does not match the template. */
const refused = deployment('d').replace('matchLabels: {app: d}', 'matchLabels: {app: other}');

describe.each(targets)('operations on the %s server (the real one needs KUBEBUILDER_ASSETS)', (kind) => {
  const stack = new AsyncDisposableStack();
  let product: ControllerUnderTest;

  beforeAll(async () => {
    const cluster = stack.use(await startClusterTarget(kind));
    product = stack.use(
      await startController(cluster.kubeconfig, {
        'moving/a.yaml': refused,
        'pinned/a.yaml': refused,
        'dry/a.yaml': configMap('a', '1') + deployment('d'),
        'owner/a.yaml': configMap('a', '1'),
        'local/a.yaml': configMap('a', 'git'),
      }),
    );
  }, 120_000);

  afterAll(() => stack.disposeAsync(), 60_000);

  async function ask(name: string, operation: Operation): Promise<void> {
    const sync = { syncOptions: ['CreateNamespace=true'], ...operation.sync };
    await product.waitFor(name, ({ status }) => status?.sync?.status !== undefined);
    await product.patchApplication(name, { operation: { ...operation, sync } });
  }

  function ended(name: string) {
    return product.waitFor(name, ({ status, operation }) => {
      return status?.operationState?.finishedAt !== undefined && operation === undefined;
    });
  }

  async function live(namespace: string, name: string) {
    return product.client.get(types.configMap, name, { namespace }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  it.each([
    ['moving', true, 'Succeeded'],
    ['pinned', false, 'Failed'],
  ])('tries again with what Git says %s (refresh: %s)', async (name, refresh, phase) => {
    await product.createApplication(name, manual);
    const backoff = { duration: '2s', factor: 1 };
    await ask(name, { retry: { limit: 1, backoff, ...(refresh ? { refresh } : {}) } });
    const waiting = await product.waitFor(name, ({ status }) => status?.operationState?.retryCount === 1);
    expect(waiting.status?.operationState?.phase).toBe('Running');
    const first = waiting.status?.operationState?.syncResult?.revision;
    await product.repository.commit({ [`${name}/a.yaml`]: deployment('d') });
    const { status } = await ended(name);
    expect(status?.operationState).toMatchObject({ phase, retryCount: 1 });
    expect(status?.operationState?.syncResult?.revision !== first).toBe(refresh);
  });

  it('rehearses without a write', async () => {
    await product.createApplication('dry', manual);
    const from = product.calls.length;
    await ask('dry', { sync: { dryRun: true } });
    const { status } = await ended('dry');
    expect(status?.operationState?.phase).toBe('Succeeded');
    expect(status?.operationState?.syncResult?.resources?.map((row) => `${row.kind} ${row.status}`).sort()).toEqual([
      'ConfigMap Synced',
      'Deployment Synced',
      'Namespace Synced',
    ]);
    expect(status?.history ?? []).toEqual([]);
    expect(status?.sync?.status).toBe('OutOfSync');
    const writes = product.calls.slice(from).filter(({ verb }) => !['get', 'list', 'watch'].includes(verb));
    expect(writes.filter(({ path }) => path.includes('namespaces') && !path.includes('/argocd'))).toEqual([]);
  });

  it('leaves alone what another application owns', async () => {
    await product.createApplication('owner');
    await product.waitFor('owner', isSyncedAndHealthy);
    const destination = { server: 'https://kubernetes.default.svc', namespace: 'owner' };
    const source = { repoURL: product.repository.url, path: 'owner', targetRevision: 'main' };
    await product.createApplication('thief', { ...manual, destination, source });
    await ask('thief', { sync: { syncOptions: ['FailOnSharedResource=true'] } });
    const { status } = await ended('thief');
    expect(status?.operationState).toMatchObject({
      phase: 'Failed',
      message: 'Shared resource found: ConfigMap/a is part of application owner',
    });
    expect(status?.conditions?.map(({ type }) => type)).toEqual(['SharedResourceWarning']);
    expect((await live('owner', 'a'))?.metadata.annotations?.[annotations.trackingId]).toBe('owner:/ConfigMap:owner/a');
  });

  it('deploys manifests that were handed in, and tells that Git says otherwise', async () => {
    await product.createApplication('local', manual);
    const own = (value: string) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { v: value } });
    await ask('local', { sync: { manifests: [own('local')] } });
    const { status } = await ended('local');
    expect(status?.operationState?.phase).toBe('Succeeded');
    expect((await live('local', 'a'))?.['data']).toEqual({ v: 'local' });
    expect(status?.sync?.status).toBe('OutOfSync');
    await ask('local', { sync: {} });
    await product.waitFor('local', isSyncedAndHealthy);
    expect((await live('local', 'a'))?.['data']).toEqual({ v: 'git' });
  });
});
