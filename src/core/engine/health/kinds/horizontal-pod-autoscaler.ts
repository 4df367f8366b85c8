import type { KubeObject } from '#libs/kube';
import { gvkOf } from '#libs/kube';
import type { HealthCheck } from '../health-check.ts';
import { healthOf } from '../health-check.ts';
import type { Condition } from '../object-fields.ts';
import { conditionsOf, readCondition } from '../object-fields.ts';

/** Version 1 keeps its conditions in an annotation. */
const conditionsAnnotation = 'autoscaling.alpha.kubernetes.io/conditions';

const degradedReasons: Readonly<Record<string, ReadonlySet<string>>> = {
  AbleToScale: new Set(['FailedGetScale', 'FailedUpdateScale']),
  ScalingActive: new Set([
    'FailedGetResourceMetric',
    'FailedGetObjectMetric',
    'FailedGetPodsMetric',
    'FailedGetExternalMetric',
    'FailedComputeMetricsReplicas',
    'InvalidSelector',
  ]),
};

export const horizontalPodAutoscaler: HealthCheck = {
  kinds: [{ group: 'autoscaling', kind: 'HorizontalPodAutoscaler' }],
  versions: ['v1', 'v2'],
  assess(object) {
    const conditions = gvkOf(object).version === 'v1' ? annotatedConditions(object) : conditionsOf(object);
    if (conditions === undefined) {
      return healthOf('Unknown', 'autoscaler-conditions', `Annotation "${conditionsAnnotation}" is no JSON list`);
    }
    const degraded = conditions.find(({ type, reason }) => degradedReasons[type]?.has(reason) === true);
    if (degraded !== undefined) {
      return healthOf('Degraded', 'autoscaler-failing', degraded.message, { reason: degraded.reason });
    }
    const working = conditions.find(
      ({ type, status }) => (type === 'AbleToScale' || type === 'ScalingLimited') && status === 'True',
    );
    if (working !== undefined) return healthOf('Healthy', 'autoscaler-working', working.message);
    return healthOf('Progressing', 'autoscaler-waiting', 'Waiting to Autoscale');
  },
};

function annotatedConditions(object: KubeObject): readonly Condition[] | undefined {
  const text = object.metadata.annotations?.[conditionsAnnotation];
  if (text === undefined || text === '') return [];
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.map(readCondition) : undefined;
  } catch {
    return undefined;
  }
}
