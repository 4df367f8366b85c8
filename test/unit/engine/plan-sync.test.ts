import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#libs/kube';
import { resourceKeyOf } from '#libs/kube';
import { parseSyncOptions, planDeletion, prepareIgnoreRules } from '#core/engine';
import { builtinSchema } from './builtin-schema.ts';
import { MindCluster, make, orderOf, plan } from './sync-fixture.ts';

describe('planSync orders', () => {
  it('by phase, wave, kind and name', () => {
    const targets = [
      make('Deployment d'),
      make('ConfigMap b'),
      make('ConfigMap a'),
      make('Secret s', { 'sync-wave': '1' }),
      make('Job post', { hook: 'PostSync', 'sync-wave': '-5' }),
      make('Job pre', { hook: 'PreSync,SyncFail' }),
      make('Service s', { 'sync-wave': '-1' }),
      make('Thing t'),
    ];
    expect(orderOf(plan({ targets }))).toEqual([
      'PreSync 0 Job/pre',
      'Sync -1 Service/s',
      'Sync 0 ConfigMap/a',
      'Sync 0 ConfigMap/b',
      'Sync 0 Deployment/d',
      'Sync 0 Thing/t',
      'Sync 1 Secret/s',
      'PostSync -5 Job/post',
      'SyncFail 0 Job/pre',
    ]);
  });

  it('prunes in reverse waves, PruneLast after everything', () => {
    const extraneous = [
      make('ConfigMap w0'),
      make('ConfigMap w1', { 'sync-wave': '1' }),
      make('ConfigMap w5', { 'sync-wave': '5' }),
      make('ConfigMap last', { 'sync-options': 'PruneLast=true', 'sync-wave': '-9' }),
    ];
    expect(orderOf(plan({ targets: [make('ConfigMap t', { 'sync-wave': '3' })], extraneous }))).toEqual([
      'Sync 0 prune ConfigMap/w5',
      'Sync 1 prune ConfigMap/w1',
      'Sync 3 ConfigMap/t',
      'Sync 5 prune ConfigMap/w0',
      'Sync 6 prune ConfigMap/last',
    ]);
  });

  it('puts a namespace before what lives in it and a CRD before its objects', () => {
    const crd = make(
      'CustomResourceDefinition things',
      { 'sync-wave': '9' },
      {
        spec: { group: 'parity.example.com', scope: 'Namespaced', names: { kind: 'Thing' } },
      },
    );
    const targets = [
      make('Thing t', { 'sync-wave': '-2' }),
      make('Job pre', { hook: 'PreSync' }),
      make('Namespace n'),
      crd,
    ];
    expect(orderOf(plan({ targets }))).toEqual([
      'PreSync 0 Namespace/n',
      'PreSync 0 Job/pre',
      'Sync -2 CustomResourceDefinition/things',
      'Sync -2 Thing/t',
    ]);
  });
});

describe('planSync tasks', () => {
  it('creates the destination namespace once, with metadata where it is managed', () => {
    const options = ['CreateNamespace=true'];
    expect(orderOf(plan({ targets: [make('ConfigMap a')], options }))).toEqual([
      'PreSync 0 Namespace/n',
      'Sync 0 ConfigMap/a',
    ]);
    expect(plan({ targets: [], options }).tasks[0]).toMatchObject({ action: 'create', isNamespaceCreation: true });
    const cluster = new MindCluster();
    cluster.add(make('Namespace n'));
    expect(plan({ targets: [], options, cluster }).tasks).toEqual([]);
    expect(orderOf(plan({ targets: [make('Namespace n')], options }))).toEqual(['Sync 0 Namespace/n']);
    const managed = { managedNamespaceMetadata: { labels: { team: 'x' } } };
    expect(plan({ targets: [], options, cluster, input: managed }).tasks[0]).toMatchObject({
      action: 'apply',
      saysServerSide: true,
      desired: { metadata: { labels: { team: 'x' } } },
    });
  });

  it('names generateName hooks so that every restart finds them, per phase', () => {
    const hook = make('Job ', { hook: 'PreSync,PostSync', 'tracking-id': 'app:batch/Job:n/' });
    const targets = [{ ...hook, metadata: { ...hook.metadata, name: undefined as never, generateName: 'Mig-' } }];
    const { tasks } = plan({ targets });
    expect(tasks.map((task) => task.key.name)).toEqual([
      'mig-0123456-presync-1767225600',
      'mig-0123456-postsync-1767225600',
    ]);
    expect(tasks[0]?.desired?.metadata).toMatchObject({
      finalizers: ['argocd.argoproj.io/hook-finalizer'],
      annotations: {
        'argocd.argoproj.io/tracking-id': 'app:batch/Job:n/mig-0123456-presync-1767225600',
        'windlass.dev/operation': 'op-1',
      },
    });
    expect(tasks[0]?.desired?.metadata.generateName).toBeUndefined();
  });

  it('reads Helm hooks and their policies; test hooks never run', () => {
    const helm = (type: string, more: Record<string, string> = {}) =>
      make(`Job ${type}`, { 'helm.sh/hook': type, ...more });
    const { tasks } = plan({
      targets: [
        helm('pre-upgrade', {
          'helm.sh/hook-weight': '-3',
          'helm.sh/hook-delete-policy': 'hook-succeeded,hook-failed',
        }),
        helm('post-install'),
        helm('test'),
        helm('crd-install'),
      ],
    });
    expect(tasks.map(({ key, phase, wave, hook }) => [key.name, phase, wave, hook?.deletePolicies])).toEqual([
      ['pre-upgrade', 'PreSync', -3, ['HookSucceeded', 'HookFailed']],
      ['crd-install', 'Sync', 0, undefined],
      ['post-install', 'PostSync', 0, ['BeforeHookCreation']],
    ]);
  });

  it('runs no hooks in a selective sync or with the apply strategy', () => {
    const targets = [make('Job h', { hook: 'Sync' }), make('ConfigMap a'), make('ConfigMap b')];
    expect(orderOf(plan({ targets, operation: { strategy: 'apply' } }))).toEqual([
      'Sync 0 ConfigMap/a',
      'Sync 0 ConfigMap/b',
    ]);
    const resources = [{ kind: 'ConfigMap', name: 'b' }];
    expect(orderOf(plan({ targets, operation: { resources }, extraneous: [make('ConfigMap c')] }))).toEqual([
      'Sync 0 ConfigMap/b',
    ]);
  });

  it('sends nothing for objects that are in sync, and leaves them out with ApplyOutOfSyncOnly', () => {
    const cluster = new MindCluster();
    cluster.add(make('ConfigMap a'), make('ConfigMap b'));
    const scenario = { targets: [make('ConfigMap a'), make('ConfigMap b')], cluster };
    const isInSync = ({ name }: { name: string }) => name === 'a';
    expect(plan({ ...scenario, input: { isInSync } }).tasks.map((task) => task.action)).toEqual(['none', 'apply']);
    const only = plan({ ...scenario, input: { isInSync }, options: ['ApplyOutOfSyncOnly=true'] });
    expect(orderOf(only)).toEqual(['Sync 0 ConfigMap/b']);
  });

  it('keeps what options keep', () => {
    const extraneous = [
      make('ConfigMap a'),
      make('ConfigMap b', { 'sync-options': 'Prune=false' }),
      make('ConfigMap c', { 'helm.sh/resource-policy': 'keep' }),
      make('ConfigMap d', { 'sync-options': 'Prune=confirm' }),
      make('ConfigMap e', { hook: 'Skip' }),
      make('Job f', { hook: 'PreSync' }),
    ];
    const { tasks } = plan({ targets: [], extraneous });
    expect(
      tasks.map(({ key, action, skipped, isPruneConfirmationRequired }) => [
        key.name,
        action,
        skipped,
        isPruneConfirmationRequired,
      ]),
    ).toEqual([
      ['a', 'prune', undefined, false],
      ['b', 'none', 'no-prune', false],
      ['c', 'none', 'no-prune', false],
      ['d', 'prune', undefined, true],
    ]);
    const kept = plan({ targets: [], extraneous, options: ['Prune=false'] });
    expect(kept.tasks.find((task) => task.key.name === 'd')?.action).toBe('prune');
    expect(kept.tasks.find((task) => task.key.name === 'a')?.action).toBe('none');
    expect(
      plan({ targets: [], extraneous, operation: { prune: false } }).tasks.every(
        (task) => task.skipped === 'requires-pruning',
      ),
    ).toBe(true);
  });

  it('chooses how to write', () => {
    const cluster = new MindCluster();
    cluster.add(make('ConfigMap a'));
    const actions = (annotations: Record<string, string>, options: readonly string[] = []) => {
      const { tasks } = plan({
        targets: [make('ConfigMap a', annotations), make('ConfigMap new', annotations)],
        cluster,
        options,
      });
      return tasks.map(
        ({ action, isForced, saysServerSide }) => `${action}${isForced ? '!' : ''}${saysServerSide ? ' ssa' : ''}`,
      );
    };
    expect(actions({})).toEqual(['apply', 'apply']);
    expect(actions({ 'sync-options': 'Force=true,Replace=true' })).toEqual(['replace!', 'create!']);
    expect(actions({}, ['Replace=true', 'ServerSideApply=true'])).toEqual(['replace ssa', 'create ssa']);
    expect(actions({ 'sync-options': 'ServerSideApply=false' }, ['ServerSideApply=true'])).toEqual(['apply', 'apply']);
  });

  it('leaves ignored fields as they are live when that is asked for', () => {
    const cluster = new MindCluster();
    const scaled = (replicas: number) => make('Deployment d', {}, { spec: { replicas, paused: false } });
    cluster.add(scaled(7));
    const rules = prepareIgnoreRules([{ group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/replicas'] }]);
    const replicas = (options: readonly string[]) =>
      plan({ targets: [scaled(1)], cluster, options, input: { rules } }).tasks[0]?.desired?.['spec'];
    expect(replicas(['RespectIgnoreDifferences=true'])).toEqual({ replicas: 7, paused: false });
    expect(replicas([])).toEqual({ replicas: 1, paused: false });
  });

  it('does not send fields that the schema does not declare (unknown-field)', () => {
    const schemaOf = () => builtinSchema('v1', 'ConfigMap');
    const [task] = plan({ targets: [make('ConfigMap a', {}, { datta: { a: '1' } })], input: { schemaOf } }).tasks;
    expect(task?.desired).toEqual(make('ConfigMap a'));
  });

  it('finds kinds that nobody serves, unless they come with the sync or may come later', () => {
    const [problem] = plan({ targets: [make('Thing t')] }).problems;
    expect(problem).toMatchObject({
      resourceMessage:
        'The Kubernetes API could not find parity.example.com/Thing for requested resource n/t. Make sure the "Thing" CRD is installed on the destination cluster.',
      operationMessage:
        'failed to discover server resources for group version parity.example.com/v1: the server could not find the requested resource',
    });
    expect(
      plan({ targets: [make('Thing t', { 'sync-options': 'SkipDryRunOnMissingResource=true' })] }).problems,
    ).toEqual([]);
    expect(plan({ targets: [make('Thing t')], options: ['SkipDryRunOnMissingResource=true'] }).problems).toEqual([]);
  });
});

describe('planSync laws', () => {
  const kinds = ['ConfigMap', 'Secret', 'Deployment', 'Job', 'Thing', 'Service'];
  const annotations = fc.record({
    wave: fc.integer({ min: -3, max: 3 }),
    hook: fc.constantFrom(undefined, undefined, undefined, 'PreSync', 'Sync', 'PostSync,SyncFail', 'Skip'),
    option: fc.constantFrom(undefined, undefined, 'Prune=false', 'PruneLast=true', 'Replace=true'),
  });
  const anObject = fc
    .tuple(fc.constantFrom(...kinds), fc.constantFrom('a', 'b', 'c', 'd', 'e'), annotations)
    .map(([kind, name, { wave, hook, option }]) =>
      make(`${kind} ${name}`, {
        'sync-wave': String(wave),
        ...(hook === undefined ? {} : { hook }),
        ...(option === undefined ? {} : { 'sync-options': option }),
      }),
    );
  const objects = fc.uniqueArray(anObject, {
    maxLength: 14,
    selector: (object) => `${object.kind} ${object.metadata.name}`,
  });
  const crd = make(
    'CustomResourceDefinition things',
    { 'sync-wave': '2' },
    { spec: { group: 'parity.example.com', names: { kind: 'Thing' } } },
  );
  const phases = ['PreSync', 'Sync', 'PostSync', 'SyncFail'];

  it('a plan is a topological order', () => {
    fc.assert(
      fc.property(objects, objects, (targets, extraneous) => {
        const { tasks } = plan({ targets: [...targets, make('Namespace n'), crd], extraneous });
        const place = ({ phase, wave }: { phase: string; wave: number }) => phases.indexOf(phase) * 1000 + wave;
        for (const [index, task] of tasks.entries()) {
          const next = tasks[index + 1];
          if (next !== undefined) expect(place(task)).toBeLessThanOrEqual(place(next));
          const before = tasks.slice(0, index);
          const isApplied = task.desired !== undefined;
          if (isApplied && task.key.namespace === 'n')
            expect(before.some(({ key }) => key.kind === 'Namespace')).toBe(true);
          if (isApplied && task.key.kind === 'Thing')
            expect(before.some(({ key }) => key.kind === 'CustomResourceDefinition')).toBe(true);
        }
        expect(new Set(tasks.map((task) => task.id)).size).toBe(tasks.length);
      }),
    );
  });

  it('no plan deletes what it does not own, or what Git holds', () => {
    fc.assert(
      fc.property(objects, objects, fc.boolean(), (targets, owned, prune) => {
        const extraneous = owned.filter((one) => !targets.some((target) => sameKey(target, one)));
        const { tasks } = plan({ targets, extraneous, operation: { prune } });
        for (const task of tasks.filter(({ action }) => action === 'prune')) {
          expect(prune).toBe(true);
          expect(extraneous.some((one) => one.kind === task.key.kind && one.metadata.name === task.key.name)).toBe(
            true,
          );
        }
      }),
    );
  });

  it('the same input gives the same digest', () => {
    fc.assert(
      fc.property(objects, (targets) => {
        expect(plan({ targets }).digest).toBe(plan({ targets: targets.toReversed() }).digest);
        expect(plan({ targets }).digest).not.toBe(plan({ targets, operation: { id: 'op-2' } }).digest);
      }),
      { numRuns: 50 },
    );
  });

  function sameKey(a: KubeObject, b: KubeObject): boolean {
    return a.kind === b.kind && a.metadata.name === b.metadata.name;
  }
});

describe('planDeletion', () => {
  const base = { options: parseSyncOptions([]), propagation: 'Foreground', isApproved: false } as const;
  const namesIn = (targets: readonly { key: { name: string } }[]) => targets.map(({ key }) => key.name);

  it('goes from the highest wave down, waits for what is terminating, and ends', () => {
    const a = make('ConfigMap a', { 'sync-wave': '1' });
    const first = planDeletion({
      ...base,
      owned: [make('ConfigMap b'), a, make('Deployment c', { 'sync-wave': '1' })],
    });
    expect(first).toMatchObject({ type: 'delete', wave: 1 });
    expect(first.type === 'delete' && namesIn(first.targets)).toEqual(['c', 'a']);
    const terminating = { ...a, metadata: { ...a.metadata, deletionTimestamp: 'now' } };
    expect(planDeletion({ ...base, owned: [make('ConfigMap b'), terminating] })).toMatchObject({
      type: 'wait',
      message: 'waiting for deletion of /ConfigMap/a',
    });
    expect(planDeletion({ ...base, owned: [] })).toEqual({ type: 'done', kept: [] });
  });

  it('keeps CRDs, the application itself, Delete=false and Helm keep', () => {
    const self = make('ConfigMap self');
    const owned = [
      make('CustomResourceDefinition x'),
      self,
      make('ConfigMap a', { 'sync-options': 'Delete=false' }),
      make('ConfigMap b', { 'helm.sh/resource-policy': 'keep' }),
    ];
    expect(planDeletion({ ...base, owned, self: resourceKeyOf(self) })).toMatchObject({
      type: 'done',
      kept: [
        { reason: 'custom-resource-definition' },
        { reason: 'self' },
        { reason: 'delete-false' },
        { reason: 'helm-keep' },
      ],
    });
    const all = { ...base, options: parseSyncOptions(['Delete=false']) };
    const answer = planDeletion({
      ...all,
      owned: [make('ConfigMap a'), make('ConfigMap b', { 'sync-options': 'Delete=true' })],
    });
    expect(answer.type === 'delete' && namesIn(answer.targets)).toEqual(['b']);
  });

  it('asks before anything goes when one object wants that', () => {
    const owned = [make('ConfigMap a'), make('ConfigMap b', { 'sync-options': 'Delete=confirm' })];
    expect(planDeletion({ ...base, owned })).toMatchObject({ type: 'confirm', unconfirmed: [{ name: 'b' }] });
    expect(planDeletion({ ...base, owned, isApproved: true })).toMatchObject({ type: 'delete' });
  });
});
