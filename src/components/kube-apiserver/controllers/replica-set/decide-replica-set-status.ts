import type { Condition } from '../kinds/live-object.ts';
import { formatTime, isTerminating } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { isPodActive, isPodAvailable, isPodFinished, isPodReady } from '../kinds/pod.ts';
import type { ReplicaSet, ReplicaSetStatus } from '../kinds/workloads.ts';
import { withoutZeros } from '../framework/without-zeros.ts';
import { findCondition, removeCondition, setCondition } from '../framework/set-condition.ts';

/** A creation or deletion of pods that the server refused. */
export interface ReplicaFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

export function decideReplicaSetStatus(
  set: ReplicaSet,
  pods: readonly Pod[],
  failure: ReplicaFailure | undefined,
  nowMs: number,
): ReplicaSetStatus {
  const active = pods.filter(isPodActive);
  const wantedLabels = Object.entries(set.spec.template.metadata?.labels ?? {});
  const conditions = decideConditions(set.status?.conditions ?? [], failure, nowMs);
  const status: ReplicaSetStatus = {
    replicas: active.length,
    fullyLabeledReplicas: active.filter((pod) =>
      wantedLabels.every(([key, value]) => pod.metadata.labels?.[key] === value),
    ).length,
    readyReplicas: active.filter(isPodReady).length,
    availableReplicas: active.filter((pod) => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)).length,
    terminatingReplicas: pods.filter((pod) => isTerminating(pod) && !isPodFinished(pod)).length,
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
  return withoutZeros(status, 'replicas', 'terminatingReplicas');
}

function decideConditions(
  conditions: readonly Condition[],
  failure: ReplicaFailure | undefined,
  nowMs: number,
): Condition[] {
  if (!failure) return removeCondition(conditions, 'ReplicaFailure');
  // The first failure is kept until it is over.
  if (findCondition(conditions, 'ReplicaFailure')) return [...conditions];
  return setCondition(conditions, {
    type: 'ReplicaFailure',
    status: 'True',
    ...failure,
    lastTransitionTime: formatTime(nowMs),
  });
}
