import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startClusterTarget } from '#harness';
import { appProjectType, applicationType } from '#core/api';
import { isNotFound } from '#libs/kube';
import { configMap, deployment, hookJob } from './manifests.ts';
import { isSyncedAndHealthy, startController, types } from './start-controller.ts';
import type { ControllerUnderTest } from './start-controller.ts';
import { targets } from './targets.ts';

const reads = new Set(['get', 'list', 'watch']);

describe.each(targets)('application controller on the %s server (the real one needs KUBEBUILDER_ASSETS)', (kind) => {
  const stack = new AsyncDisposableStack();
  let product: ControllerUnderTest;

  beforeAll(async () => {
    const cluster = stack.use(await startClusterTarget(kind));
    product = stack.use(
      await startController(cluster.kubeconfig, {
        'plain/a.yaml': configMap('a', '1') + deployment('d'),
        'heal/a.yaml': configMap('a', '1') + deployment('d'),
        'still/a.yaml': configMap('a', '1'),
        'hooks/a.yaml':
          configMap('a', '1') +
          hookJob('pre', 'PreSync') +
          hookJob('post', 'PostSync', { generate: true, policy: 'HookSucceeded' }),
        'waves/a.yaml':
          configMap('w1', '1', { 'argocd.argoproj.io/sync-wave': '1' }) +
          deployment('w0') +
          configMap('w-1', '1', { 'argocd.argoproj.io/sync-wave': '-1' }),
        'prune/a.yaml': configMap('a', '1') + configMap('b', '1'),
        'back/a.yaml': configMap('a', 'one'),
        'gone/a.yaml': configMap('a', '1', { 'argocd.argoproj.io/sync-wave': '1' }) + deployment('d'),
        'farewell/a.yaml':
          configMap('a', '1') +
          hookJob('before', 'PreDelete', { policy: 'HookSucceeded' }) +
          hookJob('after', 'PostDelete', { policy: 'HookSucceeded' }),
        'orphan/a.yaml': configMap('a', '1'),
        'stuck/a.yaml': configMap('a', '1') + hookJob('pre', 'PreSync').replace('backoffLimit: 0', 'suspend: true'),
        'bad/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\n',
      }),
    );
  }, 120_000);

  afterAll(() => stack.disposeAsync(), 60_000);

  function writes(from = 0): readonly string[] {
    return product.calls.slice(from).flatMap(({ verb, path }) => (reads.has(verb) ? [] : [`${verb} ${path}`]));
  }

  function writesOf(name: string): readonly string[] {
    return writes().filter((call) => call.includes(`/namespaces/${name}/`) || call.includes(`applications/${name}?`));
  }

  async function live(name: string, type: keyof typeof types, object: string) {
    return product.client.get(types[type], object, { namespace: name }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  it('syncs an automated application with M + 2 calls, then follows a commit', async () => {
    await product.createApplication('plain');
    const app = await product.waitFor('plain', isSyncedAndHealthy);
    expect(app.status?.history).toHaveLength(1);
    // Namespace (its path holds no name), ConfigMap, Deployment, and at most two status writes.
    expect(writesOf('plain').length).toBeLessThanOrEqual(2 + 2);
    await product.repository.commit({ 'plain/a.yaml': configMap('a', '2') + deployment('d') });
    await product.patchApplication('plain', { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } });
    await product.waitFor('plain', (now) => now.status?.history?.length === 2 && isSyncedAndHealthy(now));
    expect((await live('plain', 'configMap', 'a'))?.['data']).toEqual({ v: '2' });
    expect((await product.application('plain'))?.metadata.annotations?.['argocd.argoproj.io/refresh']).toBeUndefined();
  });

  it('finds a commit by itself', async () => {
    await product.repository.commit({ 'plain/a.yaml': configMap('a', '3') + deployment('d') });
    await product.waitFor('plain', (now) => now.status?.history?.length === 3, 70_000);
  }, 90_000);

  it('heals what is deleted or edited, and only that', async () => {
    await product.createApplication('heal');
    await product.waitFor('heal', isSyncedAndHealthy);
    const from = product.calls.length;
    await product.client.delete(types.deployment, 'd', { namespace: 'heal' });
    await product.waitFor(
      'heal',
      (now) => (now.status?.operationState?.operation.sync?.autoHealAttemptsCount ?? 0) > 0 && isSyncedAndHealthy(now),
    );
    const sent = writes(from).filter((call) => call.includes('/namespaces/heal/'));
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('apply /apis/apps/v1/namespaces/heal/deployments/d');
  });

  it('costs an application nothing when a commit is not of its concern, and writes nothing when idle', async () => {
    await product.createApplication('still');
    await product.waitFor('still', isSyncedAndHealthy);
    await product.waitFor('plain', isSyncedAndHealthy);
    const from = product.calls.length;
    const before = await product.application('still');
    await product.repository.commit({ 'plain/a.yaml': configMap('a', '4') + deployment('d') });
    await product.waitFor('plain', (now) => now.status?.history?.length === 4, 70_000);
    expect(writes(from).filter((call) => call.includes('still'))).toEqual([]);
    expect((await product.application('still'))?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
  }, 90_000);

  it('runs hooks once, in order, and deletes them by their policy', async () => {
    await product.createApplication('hooks');
    const app = await product.waitFor('hooks', (now) => now.status?.operationState?.phase === 'Succeeded');
    expect(
      app.status?.operationState?.syncResult?.resources
        ?.map(({ kind, hookPhase, syncPhase }) => `${kind} ${hookPhase} ${syncPhase}`)
        .sort(),
    ).toEqual([
      'ConfigMap Succeeded Sync',
      'Job Succeeded PostSync',
      'Job Succeeded PreSync',
      'Namespace Running PreSync',
    ]);
    const jobs = await product.client.list(types.job, { namespace: 'hooks' });
    expect(jobs.items.map((job) => job.metadata.name)).toEqual(['pre']);
  });

  it('waits for health between waves', async () => {
    await product.createApplication('waves');
    const app = await product.waitFor('waves', isSyncedAndHealthy);
    expect(app.status?.operationState?.phase).toBe('Succeeded');
  });

  it('prunes what left Git', async () => {
    await product.createApplication('prune');
    await product.waitFor('prune', isSyncedAndHealthy);
    await product.repository.commit({ 'prune/a.yaml': configMap('a', '1') });
    await product.patchApplication('prune', { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } });
    await product.waitFor('prune', (now) => now.status?.resources?.length === 1 && isSyncedAndHealthy(now));
    expect(await live('prune', 'configMap', 'b')).toBeUndefined();
  });

  it('rolls back to a deployment whose commit Git has lost', async () => {
    await product.createApplication('back', { syncPolicy: { syncOptions: ['CreateNamespace=true'] } });
    await product.waitFor('back', (now) => now.status?.sync?.status === 'OutOfSync');
    const sync = (revision?: string) =>
      product.patchApplication('back', {
        operation: { sync: { ...(revision ? { revision } : {}), syncOptions: ['CreateNamespace=true'] } },
      });
    await sync();
    const first = await product.waitFor(
      'back',
      (now) => now.status?.history?.length === 1 && now.operation === undefined,
    );
    await product.repository.commit({ 'back/a.yaml': configMap('a', 'two') });
    await product.patchApplication('back', { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } });
    await product.waitFor('back', (now) => now.status?.sync?.status === 'OutOfSync');
    await sync();
    await product.waitFor('back', (now) => now.status?.history?.length === 2 && now.operation === undefined);
    await sync(first.status?.history?.[0]?.revision);
    await product.waitFor('back', (now) => now.status?.history?.length === 3 && now.operation === undefined);
    expect((await live('back', 'configMap', 'a'))?.['data']).toEqual({ v: 'one' });
  });

  it('stops an operation that a user terminates', async () => {
    await product.createApplication('stuck');
    await product.waitFor(
      'stuck',
      ({ status }) => status?.operationState?.message?.includes('waiting for completion of hook') === true,
    );
    await product.patchApplication('stuck', { status: { operationState: { phase: 'Terminating' } } });
    const app = await product.waitFor('stuck', ({ status }) => status?.operationState?.phase === 'Failed');
    expect(app.status?.operationState?.message).toBe('Operation terminated');
    await expect.poll(() => live('stuck', 'job', 'pre'), { timeout: 10_000 }).toBeUndefined();
    expect(await live('stuck', 'configMap', 'a')).toBeUndefined();
  });

  it('cascades a deletion and lets the application go', async () => {
    await product.createApplication('gone', {}, { finalizers: ['resources-finalizer.argocd.argoproj.io'] });
    await product.waitFor('gone', isSyncedAndHealthy);
    await product.client.delete(applicationType, 'gone', { namespace: product.namespace });
    await expect.poll(() => product.application('gone'), { timeout: 20_000 }).toBeUndefined();
    expect(await live('gone', 'deployment', 'd')).toBeUndefined();
    expect(await live('gone', 'configMap', 'a')).toBeUndefined();
  });

  it('cascades although the project permits the source no more, and not while there is no project', async () => {
    const { namespace } = product;
    const project = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'passing', namespace },
      spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] },
    };
    const clusterResources = { clusterResourceWhitelist: [{ group: '*', kind: '*' }] };
    await product.client.create(appProjectType, { ...project, spec: { ...project.spec, ...clusterResources } });
    const finalizers = ['resources-finalizer.argocd.argoproj.io'];
    await product.createApplication('orphan', { project: 'passing' }, { finalizers });
    await product.waitFor('orphan', isSyncedAndHealthy);
    await product.client.delete(appProjectType, 'passing', { namespace });
    await product.waitFor('orphan', ({ status }) => status?.conditions?.[0]?.type === 'InvalidSpecError');
    await product.client.delete(applicationType, 'orphan', { namespace });
    const held = await product.waitFor('orphan', ({ status }) =>
      (status?.conditions ?? []).some(({ type }) => type === 'DeletionError'),
    );
    expect(held.status?.conditions?.find(({ type }) => type === 'DeletionError')?.message).toBe(
      'Application referencing project passing which does not exist',
    );
    expect(await live('orphan', 'configMap', 'a')).toBeDefined();
    await product.client.create(appProjectType, { ...project, spec: { ...project.spec, sourceRepos: [] } });
    await expect.poll(() => product.application('orphan'), { timeout: 20_000 }).toBeUndefined();
    expect(await live('orphan', 'configMap', 'a')).toBeUndefined();
  });

  it('runs the hooks of a deletion around the cascade', async () => {
    await product.createApplication('farewell', {}, { finalizers: ['resources-finalizer.argocd.argoproj.io'] });
    const app = await product.waitFor('farewell', isSyncedAndHealthy);
    expect(app.metadata.finalizers).toEqual([
      'resources-finalizer.argocd.argoproj.io',
      'pre-delete-finalizer.argocd.argoproj.io',
      'pre-delete-finalizer.argocd.argoproj.io/cleanup',
      'post-delete-finalizer.argocd.argoproj.io',
      'post-delete-finalizer.argocd.argoproj.io/cleanup',
    ]);
    const from = product.calls.length;
    await product.client.delete(applicationType, 'farewell', { namespace: product.namespace });
    await expect.poll(() => product.application('farewell'), { timeout: 20_000 }).toBeUndefined();
    const done = writes(from).filter((call) => call.includes('/namespaces/farewell/'));
    expect(done.map((call) => call.replace(/\?.*/, '').replace(/ .*\/namespaces\/farewell/, ''))).toEqual([
      'create/jobs',
      'delete/configmaps/a',
      'create/jobs',
      'delete/jobs/before',
      'delete/jobs/after',
    ]);
  });

  it('says what is wrong with bad input, and deletes nothing', async () => {
    await product.createApplication('bad');
    const app = await product.waitFor('bad', (now) => now.status?.conditions !== undefined);
    expect(app.status?.sync?.status).toBe('Unknown');
    expect(app.status?.conditions?.[0]?.type).toBe('ComparisonError');
  });
});
