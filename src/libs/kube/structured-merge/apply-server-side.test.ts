import { describe, expect, test } from 'vitest';
import type { KubeObject, ManagedFieldsEntry } from '../objects.ts';
import { deploymentKind as gvk, deploymentSchema } from '../schema/testdata/deployment-schema.ts';
import { ApplyConflict } from './apply-conflict.ts';
import { applyServerSide } from './apply-server-side.ts';
import { compareObjects } from './compare-objects.ts';
import { DesiredMatcher } from './desired-matcher.ts';
import { ownersOf } from './owners-of.ts';
import { fieldPath } from './field-set.ts';
import { predictApply } from './predict-apply.ts';
import { trackUpdate } from './track-update.ts';
import { AppliedInvalid } from './validate-applied.ts';

const schema = deploymentSchema();
const manager = 'argocd-controller';
const t1 = '2026-01-01T00:00:00Z';
const t2 = '2026-01-01T00:01:00Z';

interface Fields {
  readonly replicas?: number;
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly labels?: Record<string, string>;
}

function deployment({ replicas, image = 'nginx:1', env, labels = { app: 'web' } }: Fields = {}): KubeObject {
  const containers = [
    { name: 'web', image, ...(env === undefined ? {} : { env }), resources: { limits: { cpu: '1000m' } } },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { hostNetwork: false, containers } },
    },
  };
}

function predict(live: KubeObject | undefined, desired: KubeObject, now = t1): KubeObject {
  return predictApply({ live, desired, manager, schema, gvk, now }).object;
}

function edit(live: KubeObject, spec: Record<string, unknown>, by = 'kubectl-edit'): KubeObject {
  const after = { ...live, spec: { ...(live['spec'] as object), ...spec } };
  const managedFields = trackUpdate({ before: live, after, manager: by, schema, now: t2 });
  return { ...after, metadata: { ...after.metadata, managedFields } };
}

function managersOf(object: KubeObject): string[] {
  return (object.metadata.managedFields ?? []).map(
    (entry: ManagedFieldsEntry) => `${entry.manager} ${entry.operation}`,
  );
}

describe('predictApply', () => {
  test('applying twice is applying once', () => {
    const live = predict(undefined, deployment({ replicas: 2 }));
    const again = predictApply({ live, desired: deployment({ replicas: 2 }), manager, schema, gvk, now: t2 });
    expect(again).toMatchObject({ changed: false });
    expect(again.object).toBe(live);
  });

  test('fills defaults and canonical values', () => {
    const live = predict(undefined, deployment());
    expect(live['spec']).toMatchObject({
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
      template: { spec: { containers: [{ resources: { limits: { cpu: '1' } }, imagePullPolicy: 'IfNotPresent' }] } },
    });
    expect(live).not.toHaveProperty('spec.template.spec.hostNetwork');
  });

  test('removes what the manager no longer applies, and leaves what others own', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ];
    const live = predict(undefined, deployment({ env, labels: { app: 'web', tier: 'front' } }));
    const after = predict(live, deployment({ env: env.slice(1) }), t2);
    expect(after.metadata.labels).toEqual({ app: 'web' });
    expect(compareObjects(schema, after, live).map(({ path }) => path)).toEqual([
      '.metadata.labels.tier',
      '.spec.template.spec.containers[name="web"].env[name="A"]',
    ]);
    const shared = applyServerSide({
      live,
      applied: { ...deployment({ labels: { tier: 'front' } }), spec: {} },
      manager: 'other',
      force: true,
      schema,
      now: t2,
    });
    expect(predict(shared.object, deployment(), t2).metadata.labels).toEqual({ app: 'web', tier: 'front' });
  });

  test('takes over drift and names who made it', () => {
    const live = edit(predict(undefined, deployment({ replicas: 2 })), { replicas: 5 });
    expect(managersOf(live)).toEqual(['argocd-controller Apply', 'kubectl-edit Update']);
    expect(ownersOf(live, fieldPath('spec', 'replicas'))).toEqual([
      { manager: 'kubectl-edit', operation: 'Update', time: t2 },
    ]);
    const differences = compareObjects(schema, predict(live, deployment({ replicas: 2 })), live);
    expect(differences).toMatchObject([{ path: '.spec.replicas', desired: 2, live: 5 }]);
    expect(managersOf(predict(live, deployment({ replicas: 2 })))).toEqual(['argocd-controller Apply']);
  });

  test('leaves a field alone that only somebody else sets', () => {
    const live = edit(predict(undefined, deployment()), { replicas: 5 }, 'autoscaler');
    expect(compareObjects(schema, predict(live, deployment()), live)).toEqual([]);
  });

  test('mutates nothing', () => {
    const live = edit(predict(undefined, deployment({ replicas: 2 })), { replicas: 5 });
    const desired = deployment({ replicas: 2, labels: { other: 'x' } });
    const before = JSON.stringify([live, desired]);
    predict(live, desired);
    expect(JSON.stringify([live, desired])).toBe(before);
  });

  test('an object that nobody tracked belongs to before-first-apply', () => {
    const { managedFields: _, ...metadata } = predict(undefined, deployment()).metadata;
    const live = { ...predict(undefined, deployment()), metadata };
    expect(managersOf(predict(live, deployment({ replicas: 3 }), t2))).toEqual([
      'argocd-controller Apply',
      'before-first-apply Update',
    ]);
  });
});

describe('applyServerSide', () => {
  test('throws the server’s conflicts without force', () => {
    const live = edit(predict(undefined, deployment({ replicas: 2 })), { replicas: 5 });
    const apply = () =>
      applyServerSide({ live, applied: deployment({ replicas: 2 }), manager, force: false, schema, now: t2 });
    expect(apply).toThrow(ApplyConflict);
    expect(apply).toThrow('Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas');
  });

  test('refuses undeclared fields and doubled items', () => {
    const apply = (applied: KubeObject) => () =>
      applyServerSide({ live: undefined, applied, manager, force: true, schema, now: t1 });
    expect(apply({ ...deployment(), spec: { foo: 1 } })).toThrow('.spec.foo: field not declared in schema');
    const doubled = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ];
    expect(apply(deployment({ env: doubled }))).toThrow(AppliedInvalid);
    expect(apply(deployment({ env: doubled }))).toThrow('.env: duplicate entries for key [name="A"]');
  });

  test('keys of maps may have any name', () => {
    const labels = JSON.parse('{"__proto__":"a","constructor":"b","app":"web"}') as Record<string, string>;
    const live = predict(undefined, deployment({ labels }));
    expect(Object.entries(live.metadata.labels ?? {})).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['app', 'web'],
    ]);
    const after = predict(live, deployment({ labels: { app: 'web' } }), t2);
    expect(Object.keys(after.metadata.labels ?? {})).toEqual(['app']);
  });
});

describe('trackUpdate', () => {
  test('keeps entries and times when nothing changed', () => {
    const live = predict(undefined, deployment());
    expect(trackUpdate({ before: live, after: live, manager: 'x', schema, now: t2 })).toEqual(
      live.metadata.managedFields,
    );
  });

  test('merges the oldest of more than ten updaters', () => {
    let live = predict(undefined, deployment());
    for (let i = 0; i < 12; i++) {
      const after = {
        ...live,
        metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, [`a${i}`]: 'x' } },
      };
      const managedFields = trackUpdate({
        before: live,
        after,
        manager: `m${i}`,
        schema,
        now: `2026-01-01T00:00:${10 + i}Z`,
      });
      live = { ...after, metadata: { ...after.metadata, managedFields } };
    }
    const updaters = managersOf(live).filter((one) => one.endsWith('Update'));
    expect(updaters).toHaveLength(10);
    expect(updaters[0]).toBe('ancient-changes Update');
  });
});

describe('DesiredMatcher', () => {
  const desired = deployment({ replicas: 2, env: [{ name: 'A', value: '1' }] });
  const live = predict(undefined, desired);
  const matcher = new DesiredMatcher({ desired, manager, schema });

  test('knows an object in sync through quantities and omitted zeros', () => {
    expect(matcher.matches(live)).toBe(true);
    expect(matcher.matches(edit(live, { minReadySeconds: 3 }))).toBe(true);
  });

  test('is not deceived by drift, missing fields or other owners', () => {
    expect(matcher.matches(edit(live, { replicas: 3 }))).toBe(false);
    expect(new DesiredMatcher({ desired: deployment({ replicas: 2 }), manager, schema }).matches(live)).toBe(false);
    expect(new DesiredMatcher({ desired, manager: 'other', schema }).matches(live)).toBe(false);
  });
});
