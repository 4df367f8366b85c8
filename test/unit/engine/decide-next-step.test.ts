import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MindCluster, Operation, make } from './sync-fixture.ts';

const replicas = { spec: { replicas: 1 }, status: { observedGeneration: 1 } };
const ready = { spec: { replicas: 1 }, status: { replicas: 1, updatedReplicas: 1, availableReplicas: 1 } };

/** Names in quotes are those of the recorded cases: what Argo CD 3.6 answered. */
describe('decideNextStep', () => {
  it('applies one wave and is done at once (plain)', () => {
    const operation = new Operation({
      targets: [make('ConfigMap a'), make('Deployment d', {}, replicas)],
      options: ['CreateNamespace=true'],
    });
    expect(operation.run()).toMatchObject({
      type: 'done',
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
    });
    expect(operation.rows).toEqual([
      'ConfigMap a Synced Running Sync',
      'Deployment d Synced Running Sync',
      'Namespace n Synced Running PreSync',
    ]);
    expect(operation.messages).toEqual([
      'ConfigMap configmap/a created',
      'Deployment deployment.apps/d created',
      'Namespace namespace/n created',
    ]);
    expect(operation.cluster.sent).toHaveLength(3);
  });

  it('awaits hooks phase by phase (hooks-ok)', () => {
    const hook = (name: string, type: string) => make(`Job ${name}`, { hook: type });
    const operation = new Operation({
      targets: [
        make('ConfigMap a'),
        hook('pre', 'PreSync'),
        hook('mid', 'Sync'),
        hook('post', 'PostSync'),
        hook('fail', 'SyncFail'),
      ],
      options: ['CreateNamespace=true'],
    });
    for (const name of ['pre', 'mid', 'post']) {
      expect(operation.run()).toMatchObject({
        type: 'wait',
        message: `waiting for completion of hook batch/Job/${name}`,
      });
      operation.cluster.finish(name, 'Complete', 'Reached expected number of succeeded pods');
    }
    expect(operation.run()).toMatchObject({
      type: 'done',
      phase: 'Succeeded',
      message: 'successfully synced (no more tasks)',
    });
    expect(operation.rows).toEqual([
      'ConfigMap a Synced Succeeded Sync',
      'Job mid Synced Sync Succeeded Sync',
      'Job post Synced PostSync Succeeded PostSync',
      'Job pre Synced PreSync Succeeded PreSync',
      'Namespace n Synced Running PreSync',
    ]);
    expect(operation.messages).toContain('Job Reached expected number of succeeded pods');
    expect([...operation.cluster.objects.values()].flatMap((object) => object.metadata.finalizers ?? [])).toEqual([]);
  });

  it('deletes hooks that succeeded when their policy says so (hook-delete-succeeded)', () => {
    const operation = new Operation({
      targets: [make('ConfigMap a'), make('Job pre', { hook: 'PreSync', 'hook-delete-policy': 'HookSucceeded' })],
    });
    operation.run();
    operation.cluster.finish('pre', 'Complete');
    expect(operation.run()).toMatchObject({ phase: 'Succeeded', message: 'successfully synced (all tasks run)' });
    expect(operation.rows).toEqual(['ConfigMap a Synced Running Sync', 'Job pre Synced PreSync Succeeded PreSync']);
    expect([...operation.cluster.objects.keys()]).toEqual(['/ConfigMap/n/a']);
  });

  it('deletes an older hook before it runs again (hook-before-creation)', () => {
    const cluster = new MindCluster();
    const old = make('Job pre', { 'windlass.dev/operation': 'op-0' });
    cluster.add({
      ...old,
      metadata: { ...old.metadata, uid: 'old', finalizers: ['argocd.argoproj.io/hook-finalizer'] },
    });
    const operation = new Operation({ targets: [make('Job pre', { hook: 'PreSync' })], cluster });
    expect(operation.run()).toMatchObject({ type: 'wait', message: 'waiting for completion of hook batch/Job/pre' });
    expect(cluster.sent).toEqual(['delete-hook Job/pre', 'release-hook Job/pre', 'apply Job/pre']);
    cluster.finish('pre', 'Complete');
    expect(operation.run()).toMatchObject({ phase: 'Succeeded' });
  });

  it('awaits health between waves, not after the last (waves)', () => {
    const operation = new Operation({
      targets: [
        make('ConfigMap w2', { 'sync-wave': '2' }),
        make('Deployment w1', { 'sync-wave': '1' }, replicas),
        make('ConfigMap w-1', { 'sync-wave': '-1' }),
      ],
    });
    expect(operation.run()).toMatchObject({
      type: 'wait',
      message: 'waiting for healthy state of apps/Deployment/w1',
      waitsFor: [{ reason: 'health', key: { name: 'w1' }, isHook: false }],
    });
    expect(operation.cluster.sent).toEqual(['apply ConfigMap/w-1', 'apply Deployment/w1']);
    operation.cluster.update('Deployment w1', (object) => ({ ...object, ...ready }));
    expect(operation.run()).toMatchObject({ phase: 'Succeeded', message: 'successfully synced (all tasks run)' });
    expect(operation.rows).toEqual([
      'ConfigMap w-1 Synced Succeeded Sync',
      'ConfigMap w2 Synced Running Sync',
      'Deployment w1 Synced Succeeded Sync',
    ]);
  });

  it('fails when a wave becomes degraded (wave-job-fails)', () => {
    const operation = new Operation({
      targets: [make('Job w1', { 'sync-wave': '1' }), make('ConfigMap w2', { 'sync-wave': '2' })],
    });
    operation.run();
    operation.cluster.finish('w1', 'Failed', 'Job has reached the specified backoff limit');
    expect(operation.run()).toMatchObject({
      phase: 'Failed',
      message: 'one or more synchronization tasks completed unsuccessfully',
    });
    expect(operation.rows).toEqual(['Job w1 Synced Failed Sync']);
    expect(operation.messages).toEqual(['Job Job has reached the specified backoff limit']);
  });

  it('fails at once when nothing of the wave was taken (wrong-type, manual-selective)', () => {
    const cluster = new MindCluster();
    cluster.refusals.set('a', 'namespaces "n" not found');
    const operation = new Operation({ targets: [make('ConfigMap a')], cluster });
    expect(operation.run()).toMatchObject({
      phase: 'Failed',
      message: 'one or more objects failed to apply, reason: namespaces "n" not found',
    });
    expect(operation.rows).toEqual(['ConfigMap a SyncFailed Failed Sync']);
  });

  it('says so when a part was taken (retry)', () => {
    const cluster = new MindCluster();
    cluster.refusals.set('bad', 'no such field');
    const operation = new Operation({ targets: [make('Deployment bad'), make('ConfigMap a')], cluster });
    expect(operation.run()).toMatchObject({
      phase: 'Failed',
      message: 'one or more synchronization tasks completed unsuccessfully, reason: no such field',
    });
    expect(operation.rows).toEqual(['ConfigMap a Synced Succeeded Sync', 'Deployment bad SyncFailed Failed Sync']);
  });

  it('runs SyncFail hooks after a failure, and deletes HookFailed ones (postsync-fails)', () => {
    const operation = new Operation({
      targets: [
        make('ConfigMap a'),
        make('Job post', { hook: 'PostSync', 'hook-delete-policy': 'HookFailed' }),
        make('Job sf', { hook: 'SyncFail' }),
      ],
    });
    operation.run();
    operation.cluster.finish('post', 'Failed', 'boom');
    expect(operation.run()).toMatchObject({ type: 'wait', message: 'waiting for completion of hook batch/Job/sf' });
    operation.cluster.finish('sf', 'Complete');
    expect(operation.run()).toMatchObject({
      phase: 'Failed',
      message: 'one or more synchronization tasks completed unsuccessfully',
    });
    expect(operation.rows).toContain('Job sf Synced SyncFail Succeeded SyncFail');
    expect([...operation.cluster.objects.keys()]).toEqual(['/ConfigMap/n/a', 'batch/Job/n/sf']);
  });

  it('tells when SyncFail hooks fail, too', () => {
    const operation = new Operation({
      targets: [make('Job pre', { hook: 'PreSync' }), make('Job sf', { hook: 'SyncFail' })],
    });
    operation.run();
    operation.cluster.finish('pre', 'Failed');
    operation.run();
    operation.cluster.finish('sf', 'Failed');
    expect(operation.run()).toMatchObject({
      message: 'one or more synchronization tasks completed unsuccessfully\none or more SyncFail hooks failed',
    });
  });

  it('prunes, and waits for what is terminating before it goes on (empty-allowed)', () => {
    const cluster = new MindCluster();
    cluster.add(make('ConfigMap a'));
    const extraneous = [...cluster.objects.values()];
    const operation = new Operation({ targets: [], extraneous, cluster });
    expect(operation.run()).toMatchObject({ phase: 'Succeeded', message: 'successfully synced (all tasks run)' });
    expect(operation.rows).toEqual(['ConfigMap a Pruned Succeeded Sync']);
    expect(operation.messages).toEqual(['ConfigMap pruned']);

    cluster.add(...extraneous);
    const slow = new Operation({ targets: [make('ConfigMap b', { 'sync-wave': '5' })], extraneous, cluster });
    cluster.execute = (step) => {
      cluster.sent.push(step.type);
      return step.type === 'prune' ? { type: 'pruned' } : { type: 'applied', verb: 'created' };
    };
    expect(slow.run()).toMatchObject({ type: 'wait', message: 'waiting for deletion of /ConfigMap/a' });
    cluster.objects.clear();
    expect(slow.run()).toMatchObject({ phase: 'Succeeded' });
  });

  it('asks before a prune that wants confirmation', () => {
    const cluster = new MindCluster();
    cluster.add(
      make('ConfigMap a', { 'sync-options': 'Prune=confirm' }),
      make('ConfigMap b', { 'sync-options': 'Prune=confirm' }),
    );
    const operation = new Operation({ targets: [], extraneous: [...cluster.objects.values()], cluster });
    expect(operation.run()).toMatchObject({
      type: 'wait',
      message: 'waiting for pruning confirmation of /ConfigMap/a and 1 more resources',
    });
    expect(cluster.sent).toEqual([]);
    expect(operation.run({ isPruneApproved: true })).toMatchObject({ phase: 'Succeeded' });
  });

  it('reports what it does not prune', () => {
    const extraneous = [make('ConfigMap a'), make('ConfigMap b', { 'sync-options': 'Prune=false' })];
    const kept = new Operation({ targets: [], extraneous });
    kept.cluster.add(...extraneous);
    kept.run();
    expect(kept.messages).toEqual(['ConfigMap ignored (no prune)', 'ConfigMap pruned']);
    const off = new Operation({ targets: [], extraneous, operation: { prune: false } });
    expect(off.run()).toMatchObject({ phase: 'Succeeded', message: 'successfully synced (all tasks run)' });
    expect(off.messages).toEqual(['ConfigMap ignored (requires pruning)', 'ConfigMap ignored (requires pruning)']);
    expect(off.cluster.sent).toEqual([]);
  });

  it('sends nothing for what is in sync, and says unchanged', () => {
    const cluster = new MindCluster();
    cluster.add(make('ConfigMap a'));
    const operation = new Operation({ targets: [make('ConfigMap a')], cluster, input: { isInSync: () => true } });
    expect(operation.run()).toMatchObject({ phase: 'Succeeded', message: 'successfully synced (all tasks run)' });
    expect(operation.rows).toEqual(['ConfigMap a Synced Running Sync']);
    expect(operation.messages).toEqual(['ConfigMap configmap/a unchanged']);
    expect(cluster.sent).toEqual([]);
  });

  it('refuses a plan with problems (unknown-kind, project-denies-kind)', () => {
    const unknown = new Operation({
      targets: [make('Thing t'), make('ConfigMap b')],
      options: ['CreateNamespace=true'],
    });
    expect(unknown.run()).toMatchObject({
      phase: 'Failed',
      message:
        'one or more synchronization tasks are not valid: failed to discover server resources for group version parity.example.com/v1: the server could not find the requested resource',
    });
    expect(unknown.rows).toEqual(['Thing t SyncFailed Sync']);
    expect(unknown.cluster.sent).toEqual([]);
    const denied = new Operation({
      targets: [make('ServiceAccount s'), make('ConfigMap a')],
      input: {
        refusal: ({ kind }) =>
          kind === 'ServiceAccount' ? 'resource :ServiceAccount is not permitted in project narrow' : undefined,
      },
    });
    expect(denied.run().message).toBe(
      'one or more synchronization tasks are not valid: resource :ServiceAccount is not permitted in project narrow',
    );
  });

  it('words replaced objects as kubectl does (replace-option, force-replace)', () => {
    const replaced = make('ConfigMap a', { 'sync-options': 'Replace=true' });
    const forced = make('Deployment d', { 'sync-options': 'Force=true,Replace=true' });
    const cluster = new MindCluster();
    cluster.add(replaced, forced);
    const operation = new Operation({ targets: [replaced, forced], cluster });
    operation.run();
    expect(operation.messages).toEqual([
      'ConfigMap configmap/a replaced',
      'Deployment deployment.apps "d" deleted from n namespace\ndeployment.apps/d replaced',
    ]);
  });

  it('words managed namespaces as applied by the server, and looks at them again (namespace-metadata)', () => {
    const operation = new Operation({
      targets: [make('ConfigMap a')],
      options: ['CreateNamespace=true'],
      input: { managedNamespaceMetadata: { labels: { team: 'x' } } },
    });
    operation.run();
    expect(operation.rows).toEqual(['ConfigMap a Synced Running Sync', 'Namespace n Synced Succeeded PreSync']);
    expect(operation.messages).toContain('Namespace namespace/n serverside-applied');
  });

  it('notices a lost hook and a lost object', () => {
    const operation = new Operation({ targets: [make('Job pre', { hook: 'PreSync' })] });
    operation.run();
    operation.cluster.objects.clear();
    expect(operation.run()).toMatchObject({
      phase: 'Error',
      message: 'Resource batch/Job/pre is missing, it might have been deleted',
    });
  });

  it('ends when it is terminated, and stops its hooks', () => {
    const operation = new Operation({ targets: [make('Job pre', { hook: 'PreSync' }), make('ConfigMap a')] });
    operation.run();
    expect(operation.run({ isTerminating: true })).toMatchObject({ phase: 'Failed', message: 'Operation terminated' });
    expect(operation.cluster.objects.size).toBe(0);
    expect(operation.rows).toEqual(['Job pre Synced PreSync Failed PreSync']);
  });

  it('sends nothing in a dry run', () => {
    const cluster = new MindCluster();
    cluster.add(make('ConfigMap a'), make('ConfigMap old'));
    const operation = new Operation({
      targets: [make('ConfigMap a'), make('ConfigMap b'), make('Job h', { hook: 'PreSync' })],
      extraneous: [make('ConfigMap old')],
      operation: { dryRun: true },
      cluster,
    });
    expect(operation.run()).toMatchObject({ phase: 'Succeeded' });
    expect(cluster.sent).toEqual([]);
    expect(operation.messages).toEqual([
      'ConfigMap configmap/a configured (dry run)',
      'ConfigMap configmap/b created (dry run)',
      'ConfigMap pruned (dry run)',
      'Job job.batch/h created (dry run)',
    ]);
  });

  it('applies groups of kinds one after another, and ends the wave at a failure', () => {
    const cluster = new MindCluster();
    cluster.refusals.set('cm', 'no');
    const operation = new Operation({
      targets: [make('Deployment d'), make('ConfigMap cm'), make('Secret s')],
      cluster,
    });
    operation.run();
    expect(cluster.sent).toEqual(['apply Secret/s', 'apply ConfigMap/cm']);
  });

  it('after any deaths: every hook ran once, everything is there, the result is the same', () => {
    const targets = [
      make('ConfigMap a'),
      make('Job pre', { hook: 'PreSync' }),
      make('Job gone', { hook: 'PreSync', 'hook-delete-policy': 'HookSucceeded' }),
      make('Deployment d', { 'sync-wave': '2' }, ready),
      make('Job post', { hook: 'PostSync', 'hook-delete-policy': 'HookSucceeded' }),
    ];
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (deaths) => {
        const cluster = new MindCluster();
        cluster.add(make('ConfigMap old'), make('Job pre', { 'windlass.dev/operation': 'op-0' }));
        const extraneous = [...cluster.objects.values()].filter((object) => object.kind === 'ConfigMap');
        const operation = new Operation({ targets, extraneous, cluster });
        const { digest } = operation.plan;
        let step = 0;
        for (let round = 0; round < 10; round++) {
          const next = operation.run({}, () => deaths[step++] === true);
          if (next.type === 'done') break;
          for (const object of cluster.objects.values())
            if (object.kind === 'Job') cluster.finish(object.metadata.name ?? '', 'Complete');
        }
        const created = (name: string) => cluster.sent.filter((sent) => sent === `apply Job/${name}`).length;
        expect([created('pre'), created('gone'), created('post')]).toEqual([1, 1, 1]);
        // A prune whose row died with the process leaves no row: the object is gone, that is what counts.
        expect(operation.rows.filter((row) => row !== 'ConfigMap old Pruned Succeeded Sync')).toEqual([
          'ConfigMap a Synced Succeeded Sync',
          'Deployment d Synced Succeeded Sync',
          'Job gone Synced PreSync Succeeded PreSync',
          'Job post Synced PostSync Succeeded PostSync',
          'Job pre Synced PreSync Succeeded PreSync',
        ]);
        expect([...cluster.objects.keys()].sort()).toEqual([
          '/ConfigMap/n/a',
          'apps/Deployment/n/d',
          'batch/Job/n/pre',
        ]);
        expect(operation.plan.digest).toBe(digest);
      }),
      { numRuns: 300 },
    );
  });
});
