import { KubeApiError, parseApiVersion } from '#libs/kube';
import { deepEqual } from '#base/json';
import type { ControllerContext } from '../framework/context.ts';
import type { Cache } from '../framework/cache.ts';
import type { Cluster } from '../framework/cluster.ts';
import { upsertCondition } from '../framework/set-condition.ts';
import { watchObjects } from '../framework/watch-owner.ts';
import type { Condition, LiveObject } from '../kinds/live-object.ts';
import { isTerminating, keyOf } from '../kinds/live-object.ts';
import { deployments, horizontalPodAutoscalers, statefulSets } from '../kinds/resources.ts';

interface Metric {
  readonly type: string;
  readonly resource?: { readonly name: string };
  readonly containerResource?: { readonly name: string };
}

interface Autoscaler extends LiveObject {
  spec: {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string };
    minReplicas?: number;
    maxReplicas: number;
    metrics?: Metric[];
  };
  status?: { conditions?: Condition[]; currentReplicas?: number; desiredReplicas?: number; [field: string]: unknown };
}

/**
 * Autoscalers without metrics: the target is held within its bounds, and the conditions say, in the real controller's words,
 * that there is nothing to measure.
 */
export function startHorizontalPodAutoscalerController(context: ControllerContext): void {
  const { cluster, clock } = context;
  const cache = cluster.cache(horizontalPodAutoscalers);
  const loop = context.startLoop({
    name: 'horizontal-pod-autoscaler',
    async reconcile(key, signal) {
      const autoscaler = cache.byKey(key) as Autoscaler | undefined;
      if (!autoscaler || isTerminating(autoscaler)) return undefined;
      const scale = await readScale(cluster, autoscaler, signal);
      const wanted = 'replicas' in scale ? withinBounds(autoscaler, scale.replicas) : undefined;
      if ('replicas' in scale && wanted !== undefined && wanted !== scale.replicas) await scale.resize(wanted);
      const status = decideAutoscalerStatus(
        autoscaler,
        'replicas' in scale ? { ...scale, wanted, rivals: rivalsOf(autoscaler, cache) } : scale,
        clock.now(),
      );
      if (!deepEqual(status, autoscaler.status ?? {}))
        await cluster.updateStatus(horizontalPodAutoscalers, { ...autoscaler, status }, { signal });
      return undefined;
    },
  });
  watchObjects(cache, loop);
  const addWhere = (namespace: string | undefined, targetName: string | undefined) => {
    for (const autoscaler of cache.byIndex('namespace', namespace ?? '') as Autoscaler[]) {
      if (autoscaler.spec.scaleTargetRef.name === targetName) loop.add(keyOf(autoscaler));
    }
  };
  for (const resource of [deployments, statefulSets]) {
    cluster.cache<LiveObject>(resource).onChange(({ before, after }) => {
      const target = (after ?? before)?.metadata;
      addWhere(target?.namespace, target?.name);
    });
  }
  // Another autoscaler of the same target makes this one ambiguous.
  cache.onChange(({ before, after }) => {
    for (const one of [before, after] as (Autoscaler | undefined)[]) {
      addWhere(one?.metadata.namespace, one?.spec.scaleTargetRef.name);
    }
  });
}

/** All autoscalers of the same target as `namespace/name`, itself included. */
function rivalsOf({ spec, metadata }: Autoscaler, cache: Cache): string[] {
  const { kind, name } = spec.scaleTargetRef;
  return (cache.byIndex('namespace', metadata.namespace ?? '') as Autoscaler[])
    .filter(({ spec: { scaleTargetRef: target } }) => target.kind === kind && target.name === name)
    .map(keyOf)
    .toSorted();
}

type Scale =
  | {
      readonly replicas: number;
      /** Of the target's pods, as text. */
      readonly selector: string;
      readonly resize: (replicas: number) => Promise<unknown>;
    }
  | { readonly problem: string };

async function readScale(cluster: Cluster, { spec, metadata }: Autoscaler, signal: AbortSignal): Promise<Scale> {
  const { apiVersion = 'apps/v1', kind, name } = spec.scaleTargetRef;
  const { namespace = '' } = metadata;
  const type = await cluster.client.discovery.find({ ...parseApiVersion(apiVersion), kind }, { signal });
  if (!type) return { problem: `no matches for kind "${kind}" in group "${parseApiVersion(apiVersion).group}"` };
  try {
    const scale = await cluster.client.get(type, name, { namespace, subresource: 'scale', signal });
    const replicas = (scale['spec'] as { replicas?: number } | undefined)?.replicas ?? 0;
    const resize = (count: number) =>
      cluster.client.update(
        type,
        { ...scale, spec: { replicas: count } },
        {
          subresource: 'scale',
          signal,
        },
      );
    const selector = (scale['status'] as { selector?: string } | undefined)?.selector ?? '';
    return { replicas, selector, resize };
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    return { problem: error.message };
  }
}

function withinBounds({ spec }: Autoscaler, replicas: number): number {
  if (replicas === 0) return 0;
  return Math.min(spec.maxReplicas, Math.max(spec.minReplicas ?? 1, replicas));
}

interface ReadScale {
  readonly replicas: number;
  readonly selector: string;
  readonly wanted: number | undefined;
  readonly rivals: readonly string[];
}

export function decideAutoscalerStatus(
  autoscaler: Autoscaler,
  scale: ReadScale | { readonly problem: string },
  nowMs: number,
): NonNullable<Autoscaler['status']> {
  const before = autoscaler.status?.conditions ?? [];
  const apply = (...next: Condition[]) =>
    next.reduce((list, condition) => upsertCondition(list, condition, nowMs), [...before]);
  if ('problem' in scale) {
    const message = `the HPA controller was unable to get the target's current scale: ${scale.problem}`;
    return {
      ...autoscaler.status,
      desiredReplicas: 0,
      currentMetrics: null,
      conditions: apply({ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }),
    };
  }
  const { replicas, wanted = replicas, rivals, selector } = scale;
  const able: Condition = {
    type: 'AbleToScale',
    status: 'True',
    reason: 'SucceededGetScale',
    message: "the HPA controller was able to get the target's current scale",
  };
  if (replicas === 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    return {
      ...autoscaler.status,
      desiredReplicas: 0,
      currentMetrics: null,
      conditions: apply(able, { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message }),
    };
  }
  if (wanted !== replicas) {
    const rescaled: Condition = {
      type: 'AbleToScale',
      status: 'True',
      reason: 'SucceededRescale',
      message: `the HPA controller was able to update the target scale to ${wanted}`,
    };
    return { ...autoscaler.status, currentReplicas: replicas, desiredReplicas: wanted, conditions: apply(rescaled) };
  }
  if (rivals.length > 1) {
    const message = `pods by selector ${selector} are controlled by multiple HPAs: [${rivals.join(' ')}]`;
    return {
      ...autoscaler.status,
      currentReplicas: replicas,
      desiredReplicas: 0,
      currentMetrics: null,
      conditions: apply(able, { type: 'ScalingActive', status: 'False', reason: 'AmbiguousSelector', message }),
    };
  }
  const failed = failedMetric(autoscaler.spec.metrics?.[0]);
  return {
    ...autoscaler.status,
    currentReplicas: replicas,
    desiredReplicas: autoscaler.status?.desiredReplicas ?? 0,
    currentMetrics: (autoscaler.spec.metrics ?? [{ type: '' }]).map(() => ({ type: '' })),
    conditions: apply(able, { type: 'ScalingActive', status: 'False', ...failed }),
  };
}

function failedMetric(metric: Metric | undefined): { reason: string; message: string } {
  const prefix = 'the HPA was unable to compute the replica count:';
  const type = metric?.type ?? 'Resource';
  const name = metric?.resource?.name ?? metric?.containerResource?.name ?? 'cpu';
  if (type === 'Resource' || type === 'ContainerResource') {
    const why = `unable to get metrics for resource ${name}: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)`;
    return {
      reason: type === 'Resource' ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric',
      message: `${prefix} failed to get ${name} utilization: ${why}`,
    };
  }
  const api = type === 'External' ? 'external metrics API' : 'custom metrics API';
  return {
    reason: `FailedGet${type}Metric`,
    message: `${prefix} unable to fetch metrics from ${api}: the server could not find the requested resource`,
  };
}
