import { describe, expect, it } from 'vitest';
import { aggregateRules } from '../accounts/cluster-role-aggregation.ts';
import { addQuantities } from '../framework/add-quantities.ts';
import type { Pod } from '../kinds/pod.ts';
import { countBudget } from './disruption-budget-controller.ts';
import { decideAutoscalerStatus } from './horizontal-pod-autoscaler-controller.ts';

const meta = (name: string, labels: Record<string, string> = {}) => ({ name, uid: name, resourceVersion: '1', labels });

function pod(name: string, isReady: boolean): Pod {
  const conditions = [{ type: 'Ready', status: isReady ? ('True' as const) : ('False' as const) }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(name),
    spec: { containers: [] },
    status: { phase: 'Running', conditions },
  };
}

describe('countBudget', () => {
  const pods = [pod('a', true), pod('b', true), pod('c', false)];
  it.each([
    [{ minAvailable: 1 }, { currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed: 1, expectedPods: 3 }],
    [{ minAvailable: '50%' }, { currentHealthy: 2, desiredHealthy: 2, disruptionsAllowed: 0, expectedPods: 4 }],
    [{ maxUnavailable: '50%' }, { currentHealthy: 2, desiredHealthy: 2, disruptionsAllowed: 0, expectedPods: 4 }],
    [{ maxUnavailable: 0 }, { currentHealthy: 2, desiredHealthy: 4, disruptionsAllowed: 0, expectedPods: 4 }],
  ])('%j', (spec, expected) => expect(countBudget({ spec }, pods, 4)).toEqual(expected));
});

describe('decideAutoscalerStatus', () => {
  const autoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: meta('web'),
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: 'web' },
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource: { name: 'memory' } }],
    },
  };
  const alone = { selector: 'app=web', rivals: ['default/web'] };
  const reasons = (scale: Parameters<typeof decideAutoscalerStatus>[1]) =>
    (decideAutoscalerStatus(autoscaler, scale, 0).conditions ?? []).map(
      ({ type, status, reason }) => `${type} ${status} ${reason ?? ''}`,
    );

  it('says why nothing can be computed', () => {
    expect(reasons({ problem: 'deployments.apps "web" not found' })).toEqual(['AbleToScale False FailedGetScale']);
    expect(reasons({ replicas: 0, wanted: 0, ...alone })).toEqual([
      'AbleToScale True SucceededGetScale',
      'ScalingActive False ScalingDisabled',
    ]);
    expect(reasons({ replicas: 2, wanted: 2, ...alone })).toEqual([
      'AbleToScale True SucceededGetScale',
      'ScalingActive False FailedGetResourceMetric',
    ]);
  });

  it('refuses to share a target', () => {
    const shared = { selector: 'app=web', rivals: ['default/other', 'default/web'] };
    expect(reasons({ replicas: 2, wanted: 2, ...shared }).at(-1)).toBe('ScalingActive False AmbiguousSelector');
  });

  it('says when it has held the target within its bounds', () => {
    expect(reasons({ replicas: 5, wanted: 3, ...alone })).toEqual(['AbleToScale True SucceededRescale']);
  });
});

describe('aggregateRules', () => {
  it('joins the rules of all chosen roles, by name, each once', () => {
    const role = (name: string, labels: Record<string, string>, rules: unknown[]) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: meta(name, labels),
      rules,
    });
    const rule = (verb: string) => ({ apiGroups: [''], resources: ['pods'], verbs: [verb] });
    const all = [
      role('b', { to: 'admin' }, [rule('list'), rule('get')]),
      role('a', { to: 'admin' }, [rule('get')]),
      role('c', {}, [rule('delete')]),
    ];
    const target = {
      ...role('admin', { to: 'admin' }, [rule('old')]),
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'admin' } }] },
    };
    expect(aggregateRules(target, [...all, target])).toEqual([rule('get'), rule('list')]);
  });
});

describe('addQuantities', () => {
  it.each([
    [[], '0'],
    [['100m', '400m'], '500m'],
    [['1', '1500m'], '2500m'],
    [['1Gi', '512Mi'], '1536Mi'],
  ])('%j is %s', (quantities, sum) => expect(addQuantities(quantities)).toBe(sum));
});
