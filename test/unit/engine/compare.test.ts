import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompareInput, IgnoreRule, JqPathFinder } from '#core/engine';
import {
  compareResource,
  compareResources,
  fieldManager,
  isAdmissionLoop,
  migrateManagedFields,
  needsApply,
  normalizeDesired,
  prepareIgnoreRules,
  recordResponse,
  setTracking,
  summarizeSync,
} from '#core/engine';
import type { KubeObject } from '#libs/kube';
import { gvkOf } from '#libs/kube';
import { anySchema } from '#libs/kube/schema';
import { applyServerSide, predictApply, storedForm, trackUpdate } from '#libs/kube/structured-merge';
import { builtinSchema } from './builtin-schema.ts';

const deploymentSchema = builtinSchema('apps/v1', 'Deployment');
const configMapSchema = builtinSchema('v1', 'ConfigMap');
const place = { isNamespaced: true, destinationNamespace: 'n' };

function tracked(object: KubeObject): KubeObject {
  return setTracking(normalizeDesired(object, place), {
    instance: 'app',
    config: { method: 'annotation' },
    destinationNamespace: 'n',
  });
}

function configMap(data: Readonly<Record<string, string>>, metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return tracked({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata }, data });
}

function deployment(
  spec: Readonly<Record<string, unknown>> = {},
  container: Readonly<Record<string, unknown>> = {},
): KubeObject {
  return tracked({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', annotations: {} },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'd' } },
      template: {
        metadata: { labels: { app: 'd' } },
        spec: { containers: [{ name: 'c', image: 'nginx:1', ...container }] },
      },
      ...spec,
    },
  });
}

const schemaOf = (object: KubeObject) => (object.kind === 'Deployment' ? deploymentSchema : configMapSchema);

/** What the server holds after our apply. */
function applied(desired: KubeObject, live?: KubeObject, manager = fieldManager): KubeObject {
  const { object } = predictApply({
    live,
    desired,
    manager,
    schema: schemaOf(desired),
    gvk: gvkOf(desired),
    now: '2026-01-01T00:00:00Z',
  });
  return object;
}

type Editable = KubeObject & { spec: Record<string, unknown>; data: Record<string, unknown> };

/** What the server holds after somebody else wrote. */
function edited(live: KubeObject, change: (copy: Editable) => void, manager = 'kubectl-edit'): KubeObject {
  const after = structuredClone(live) as Editable;
  change(after);
  const schema = schemaOf(live);
  const stored = storedForm(schema, gvkOf(live), after);
  const managedFields = trackUpdate({ before: live, after: stored, manager, schema, now: '2026-02-02T02:02:02Z' });
  return { ...stored, metadata: { ...stored.metadata, managedFields } };
}

function compare(desired: KubeObject | undefined, live: KubeObject | undefined, more: Partial<CompareInput> = {}) {
  const schema = (desired ?? live)?.kind === 'Deployment' ? deploymentSchema : configMapSchema;
  return compareResource({ desired, live, schema, ...more });
}

const ignore = (rule: Partial<IgnoreRule>, kind = 'Deployment') =>
  prepareIgnoreRules([{ group: kind === 'Deployment' ? 'apps' : '', kind, ...rule }]);

describe('compareResource', () => {
  it('is Synced right after an apply, whatever was written in another form', () => {
    const desired = deployment(
      {},
      {
        resources: { requests: { cpu: 0.1, memory: '0.5Gi' }, limits: { cpu: '1000m', memory: '1073741824' } },
        env: [{ name: 'E', value: '' }],
        ports: [{ containerPort: 80 }],
      },
    );
    const comparison = compare(desired, applied(desired));
    expect(comparison).toMatchObject({ state: 'Synced', differences: [], verdict: { code: 'in-sync' } });
    expect(needsApply(comparison)).toBe(false);
  });

  it('names the field, the manager and the time of a drift', () => {
    const desired = deployment();
    const live = edited(applied(desired), (copy) => (copy.spec['replicas'] = 5), 'kubectl-scale');
    expect(compare(desired, live)).toMatchObject({
      state: 'OutOfSync',
      differences: [
        {
          path: '.spec.replicas',
          desired: 1,
          live: 5,
          cause: 'value',
          owner: { manager: 'kubectl-scale', operation: 'Update', time: '2026-02-02T02:02:02Z' },
        },
      ],
      verdict: {
        code: 'field-differs',
        sentence:
          'The live object differs from Git in .spec.replicas, last set by "kubectl-scale" at 2026-02-02T02:02:02Z.',
      },
    });
  });

  it('does not count fields that somebody else added and Git never held (extra-field-live)', () => {
    const desired = configMap({ v: '1' });
    const live = edited(applied(desired), (copy) => {
      copy.data['extra'] = 'x';
      copy.metadata.labels = { own: 'yes' };
    });
    expect(compare(desired, live)).toMatchObject({ state: 'Synced', verdict: { code: 'in-sync' } });
  });

  it('counts a field that Git held before and no longer holds', () => {
    const live = applied(configMap({ v: '1', old: 'x' }));
    expect(compare(configMap({ v: '1' }), live)).toMatchObject({
      state: 'OutOfSync',
      differences: [{ path: '.data.old', desired: undefined, live: 'x' }],
    });
  });

  it('leaves replicas to an autoscaler when Git does not set them', () => {
    const desired = deployment({ replicas: undefined });
    const live = edited(applied(desired), (copy) => (copy.spec['replicas'] = 7), 'autoscaler');
    expect(compare(normalizeDesired(desired, place), live).state).toBe('Synced');
  });

  it('is OutOfSync where an object exists without our mark (foreign-object)', () => {
    const foreign = applied(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'n' }, data: { v: '1' } },
      undefined,
      'kubectl',
    );
    expect(compare(configMap({ v: '1' }), foreign).state).toBe('OutOfSync');
  });

  it('is OutOfSync when missing, and when only live', () => {
    const desired = configMap({ v: '1' });
    expect(compare(desired, undefined)).toMatchObject({ state: 'OutOfSync', verdict: { code: 'missing' } });
    expect(compare(undefined, applied(desired))).toMatchObject({
      state: 'OutOfSync',
      requiresPruning: true,
      isCounted: true,
      verdict: { code: 'not-in-git' },
    });
  });

  it('keeps from counting: IgnoreExtraneous, copied marks, hooks, Skip', () => {
    const withAnnotation = (key: string, value: string) =>
      configMap({}, { annotations: { [`argocd.argoproj.io/${key}`]: value } });
    const extraneous = compare(undefined, withAnnotation('compare-options', 'IgnoreExtraneous'));
    expect(extraneous).toMatchObject({ state: 'OutOfSync', requiresPruning: true, isCounted: false });
    const copied = compare(undefined, configMap({}), { isSelfReference: false });
    expect(copied).toMatchObject({ requiresPruning: false, isCounted: false, verdict: { code: 'copied-mark' } });
    const hook = compare(undefined, withAnnotation('hook', 'PreSync'));
    expect(hook).toMatchObject({ isHook: true, requiresPruning: true, isCounted: false });
    expect(hook.state).toBeUndefined();
    expect(compare(withAnnotation('hook', 'Skip'), undefined)).toMatchObject({ isCounted: false, isHook: false });
    expect(summarizeSync([extraneous, copied, hook])).toBe('Synced');
    expect(summarizeSync([extraneous, compare(configMap({}), undefined)])).toBe('OutOfSync');
  });

  it('says that values are right but owned by somebody else', () => {
    const desired = configMap({ v: '1' });
    const comparison = compare(desired, applied(desired, undefined, 'other'));
    expect(comparison).toMatchObject({ state: 'Synced', differences: [], verdict: { code: 'ownership-only' } });
    expect(needsApply(comparison)).toBe(true);
  });

  it('names a field that the schema does not declare, and what the server would refuse', () => {
    const desired = { ...configMap({}), datta: { a: '1' } };
    const live = applied(configMap({}));
    expect(compare(desired, live)).toMatchObject({
      state: 'OutOfSync',
      differences: [{ path: '.datta', desired: { a: '1' }, cause: 'unknown-field' }],
    });
    const wrong = deployment({ replicas: '1' });
    expect(compare(wrong, applied(deployment()))).toMatchObject({ state: 'OutOfSync', verdict: { code: 'invalid' } });
  });

  it('does not compare status', () => {
    const desired: KubeObject = { ...deployment(), status: { replicas: 3 } };
    const live: KubeObject = { ...applied(deployment()), status: { replicas: 1 } };
    expect(compare(desired, live).state).toBe('Synced');
    const custom = tracked({
      apiVersion: 'x.example.com/v1',
      kind: 'X',
      metadata: { name: 'x' },
      spec: { a: [1] },
      status: { b: 1 },
    });
    const { object } = applyServerSide({
      live: undefined,
      applied: custom,
      manager: fieldManager,
      schema: anySchema,
      force: true,
      now: '',
    });
    const comparison = compareResource({
      desired: custom,
      live: { ...object, status: { b: 2 } },
      rules: prepareIgnoreRules([]),
    });
    expect(comparison.differences).toEqual([]);
    expect(comparison.state).toBe('Synced');
  });

  it('keeps a label-tracked application Synced when tracking turns to annotations', () => {
    const labels = { 'app.kubernetes.io/instance': 'app' };
    const before: KubeObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'n', labels },
      data: { v: '1' },
    };
    expect(compare(configMap({ v: '1' }, { labels }), applied(before))).toMatchObject({
      state: 'Synced',
      verdict: { code: 'differences-ignored' },
    });
    expect(compare(configMap({ v: '2' }, { labels }), applied(before)).state).toBe('OutOfSync');
  });
});

describe('ignore rules', () => {
  const desired = deployment();
  const scaled = edited(applied(desired), (copy) => (copy.spec['replicas'] = 5), 'kube-controller-manager');

  it('hide fields by pointer, path and manager, and say so', () => {
    for (const rule of [
      { jsonPointers: ['/spec/replicas'] },
      { jqPathExpressions: ['.spec.replicas'] },
      { managedFieldsManagers: ['kube-controller-manager'] },
    ]) {
      expect(compare(desired, scaled, { rules: ignore(rule) })).toMatchObject({
        state: 'Synced',
        differences: [],
        ignored: [{ path: '.spec.replicas' }],
        verdict: { code: 'differences-ignored' },
      });
    }
    expect(compare(desired, scaled, { rules: ignore({ jsonPointers: ['/spec/template'] }) }).state).toBe('OutOfSync');
  });

  it('hide the image of one container (ignore-jq)', () => {
    const live = edited(applied(desired), (copy) => {
      const template = copy.spec['template'] as { spec: { containers: { image: string }[] } };
      template.spec.containers[0] = { ...template.spec.containers[0], image: 'nginx:9' };
    });
    const rules = ignore({ jqPathExpressions: ['.spec.template.spec.containers[] | select(.name == "c") | .image'] });
    expect(compare(desired, live, { rules }).state).toBe('Synced');
    expect(compare(desired, live).state).toBe('OutOfSync');
  });

  it('that need jq ask once for all, and only for what differs', async () => {
    let calls = 0;
    const jq: JqPathFinder = {
      findPaths: (questions) => {
        calls++;
        return Promise.resolve(questions.map(() => ({ paths: [['spec', 'replicas']] })));
      },
    };
    const rules = ignore({ jqPathExpressions: ['.spec | paths'] });
    const input = { schema: deploymentSchema, desired, rules };
    const states = async (finder?: JqPathFinder) =>
      (
        await compareResources(
          [
            { ...input, live: scaled },
            { ...input, live: applied(desired) },
          ],
          finder,
        )
      ).map((one) => one.state);
    expect(await states(jq)).toEqual(['Synced', 'Synced']);
    expect(calls).toBe(1);
    expect(await states()).toEqual(['Unknown', 'Synced']);
    const hanging: JqPathFinder = {
      findPaths: (questions) =>
        Promise.resolve(questions.map(() => ({ problem: 'timeout', message: 'took over 1 s' }))),
    };
    expect(await states(hanging)).toEqual(['Unknown', 'Synced']);
    const failing: JqPathFinder = {
      findPaths: (questions) => Promise.resolve(questions.map(() => ({ problem: 'error', message: 'cannot iterate' }))),
    };
    expect(await states(failing)).toEqual(['OutOfSync', 'Synced']);
  });
});

describe('migrateManagedFields', () => {
  /** As Argo CD's client-side apply leaves an object. */
  function clientSide(object: KubeObject, manager: string): KubeObject {
    const annotations = { ...object.metadata.annotations, 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    const stored = storedForm(schemaOf(object), gvkOf(object), {
      ...object,
      metadata: { ...object.metadata, annotations },
    });
    const managedFields = trackUpdate({
      before: undefined,
      after: stored,
      manager,
      schema: schemaOf(object),
      now: '2025-01-01T00:00:00Z',
    });
    return { ...stored, metadata: { ...stored.metadata, managedFields } };
  }

  it.each([fieldManager, 'kubectl-client-side-apply'])(
    'takes over what %s applied: Synced, nothing to delete',
    (manager) => {
      const desired = deployment();
      const comparison = compare(desired, clientSide(desired, manager));
      expect(comparison).toMatchObject({ state: 'Synced', differences: [] });
    },
  );

  it('makes a field that left Git a difference', () => {
    const live = clientSide(configMap({ v: '1', old: 'x' }), fieldManager);
    expect(compare(configMap({ v: '1' }), live).differences.map((one) => one.path)).toEqual(['.data.old']);
  });

  it('moves nothing twice, and leaves other managers alone', () => {
    const live = clientSide(configMap({ v: '1' }), fieldManager);
    const migration = { manager: fieldManager, from: ['kubectl-client-side-apply'] };
    const once = migrateManagedFields(live, migration);
    expect(once.metadata.managedFields).toHaveLength(1);
    expect(once.metadata.managedFields?.[0]).toMatchObject({ manager: fieldManager, operation: 'Apply' });
    expect(migrateManagedFields(once, migration)).toBe(once);
    const other = edited(applied(configMap({ v: '1' })), (copy) => (copy.data['x'] = 'y'), 'kubectl-client-side-apply');
    expect(migrateManagedFields(other, migration)).toBe(other);
  });
});

describe('laws', () => {
  const data = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.string({ maxLength: 3 }), { maxKeys: 4 });

  it('equal objects do not differ; applying twice is applying once', () => {
    fc.assert(
      fc.property(data, data, data, (first, second, foreign) => {
        const start = edited(
          applied(configMap(first)),
          (copy) => void Object.assign((copy.data ??= {}), foreign),
          'other',
        );
        const once = applied(configMap(second), start);
        expect(compare(configMap(second), once)).toMatchObject({
          state: 'Synced',
          differences: [],
          verdict: { code: 'in-sync' },
        });
        expect(applied(configMap(second), once)).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });

  it('a difference is OutOfSync and never empty, no difference is Synced', () => {
    fc.assert(
      fc.property(data, data, (before, after) => {
        const comparison = compare(configMap(after), applied(configMap(before)));
        expect(comparison.state === 'OutOfSync').toBe(comparison.differences.length > 0);
        expect(comparison.verdict.sentence).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });
});

describe('isAdmissionLoop', () => {
  it('needs three answers in a row to the same desired state that all still differed', () => {
    const answer = (desiredHash: string, stillDiffered = true) => ({ desiredHash, fingerprint: 'f', stillDiffered });
    let history = recordResponse([], answer('a'));
    history = recordResponse(history, answer('a'));
    expect(isAdmissionLoop(history, 'a')).toBe(false);
    history = recordResponse(history, answer('a'));
    expect(isAdmissionLoop(history, 'a')).toBe(true);
    expect(isAdmissionLoop(history, 'b')).toBe(false);
    expect(isAdmissionLoop(recordResponse(history, answer('a', false)), 'a')).toBe(false);
    expect(isAdmissionLoop(recordResponse(history, answer('b')), 'b')).toBe(false);
  });
});
