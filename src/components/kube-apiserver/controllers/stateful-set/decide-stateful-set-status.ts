import { isTerminating } from '../kinds/live-object.ts';
import { isPodAvailable, isPodReady, podPhase } from '../kinds/pod.ts';
import type { StatefulSetStatus } from '../kinds/workloads.ts';
import { withoutZeros } from '../framework/without-zeros.ts';
import type { StatefulState } from './plan-stateful-set.ts';
import { podRevision } from './plan-stateful-set.ts';

/** Counts by revision; when every pod is ready at the new revision, it becomes the current one. */
export function decideStatefulSetStatus({
  set,
  pods,
  currentRevision,
  updateRevision,
  nowMs,
}: StatefulState): StatefulSetStatus {
  const ready = pods.filter((pod) => podPhase(pod) === 'Running' && isPodReady(pod));
  const staying = pods.filter((pod) => !isTerminating(pod));
  const status: StatefulSetStatus = {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    readyReplicas: ready.length,
    currentReplicas: staying.filter((pod) => podRevision(pod) === currentRevision).length,
    updatedReplicas: staying.filter((pod) => podRevision(pod) === updateRevision).length,
    availableReplicas: ready.filter((pod) => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)).length,
    currentRevision,
    updateRevision,
    collisionCount: set.status?.collisionCount ?? 0,
    ...(set.status?.conditions ? { conditions: set.status.conditions } : {}),
  };
  const wanted = set.spec.replicas ?? 1;
  const isRolling = set.spec.updateStrategy?.type !== 'OnDelete';
  const isOver =
    isRolling && status.updatedReplicas === wanted && status.readyReplicas === wanted && status.replicas === wanted;
  const settled = isOver ? { ...status, currentReplicas: wanted, currentRevision: updateRevision } : status;
  return withoutZeros(settled, 'replicas', 'availableReplicas', 'collisionCount');
}
