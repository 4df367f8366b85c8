import { isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';

type Fields = Readonly<Record<string, unknown>>;

const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';
const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';

/** autoscaling/v2 → v1: the CPU utilisation has a field of its own, everything else goes into annotations. */
export function autoscalerToV1(object: KubeObject): KubeObject {
  const spec = fields(object['spec']);
  const status = fields(object['status']);
  const { metrics, behavior, ...rest } = spec;
  const list = Array.isArray(metrics) ? (metrics as Fields[]) : [];
  const cpu = list.find(isCpuUtilization);
  const others = list.filter((metric) => metric !== cpu);
  const annotations = { ...object.metadata.annotations };
  if (others.length > 0) annotations[metricsAnnotation] = JSON.stringify(others);
  if (behavior !== undefined) annotations[behaviorAnnotation] = JSON.stringify(behavior);
  const { currentMetrics, conditions, ...plainStatus } = status;
  if (Array.isArray(conditions)) annotations['autoscaling.alpha.kubernetes.io/conditions'] = JSON.stringify(conditions);
  const current = Array.isArray(currentMetrics)
    ? (currentMetrics as Fields[]).find((one) => one['type'] === 'Resource')
    : undefined;
  const usage = fields(fields(current?.['resource'])['current'])['averageUtilization'];
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata: Object.keys(annotations).length > 0 ? { ...object.metadata, annotations } : object.metadata,
    spec: { ...rest, ...(cpu ? { targetCPUUtilizationPercentage: utilization(cpu) } : {}) },
    ...(object['status'] === undefined
      ? {}
      : { status: { ...plainStatus, ...(usage === undefined ? {} : { currentCPUUtilizationPercentage: usage }) } }),
  };
}

/** autoscaling/v1 → v2. */
export function autoscalerToV2(object: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: percentage, ...rest } = fields(object['spec']);
  const {
    [metricsAnnotation]: metrics,
    [behaviorAnnotation]: behavior,
    ...annotations
  } = object.metadata.annotations ?? {};
  delete annotations['autoscaling.alpha.kubernetes.io/conditions'];
  const list: unknown[] = metrics === undefined ? [] : (JSON.parse(metrics) as unknown[]);
  if (percentage !== undefined) {
    const target = { type: 'Utilization', averageUtilization: percentage };
    list.push({ type: 'Resource', resource: { name: 'cpu', target } });
  }
  const { annotations: _annotations, ...metadata } = object.metadata;
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata,
    spec: {
      ...rest,
      ...(list.length > 0 ? { metrics: list } : {}),
      ...(behavior === undefined ? {} : { behavior: JSON.parse(behavior) as unknown }),
    },
  };
}

function isCpuUtilization(metric: Fields): boolean {
  const resource = fields(metric['resource']);
  return metric['type'] === 'Resource' && resource['name'] === 'cpu' && utilization(metric) !== undefined;
}

function utilization(metric: Fields): unknown {
  return fields(fields(metric['resource'])['target'])['averageUtilization'];
}

function fields(value: unknown): Fields {
  return isRecord(value) ? value : {};
}
