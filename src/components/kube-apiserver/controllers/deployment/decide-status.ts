import type { Condition } from '../kinds/live-object.ts';
import { formatTime, timeOf } from '../kinds/live-object.ts';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../kinds/workloads.ts';
import { findCondition, removeCondition, setCondition } from '../framework/set-condition.ts';
import { withoutZeros } from '../framework/without-zeros.ts';
import type { OwnedSets } from './plan-scaling.ts';
import { allSets } from './plan-scaling.ts';
import { rolloutLimits, sumStatus, wantedReplicas } from './rollout-numbers.ts';

export function buildCondition(
  type: string,
  status: Condition['status'],
  why: { reason: string; message: string; nowMs: number },
): Condition {
  const time = formatTime(why.nowMs);
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason: why.reason, message: why.message };
}

/** No deadline, or the largest number there is, means that progress is not judged. */
export function progressDeadlineMs(deployment: Deployment): number | undefined {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds === undefined || seconds >= 2 ** 31 - 1 ? undefined : seconds * 1000;
}

/** Counts and the Available condition; Progressing and ReplicaFailure stay as they were. */
export function countStatus(deployment: Deployment, sets: OwnedSets, nowMs: number): DeploymentStatus {
  const all = allSets(sets);
  const available = sumStatus(all, 'availableReplicas');
  // A ReplicaSet counts at least what it wants: pods on their way are replicas that are not there yet.
  const total = all.reduce((sum, set) => sum + wantedReplicas(set), 0);
  const least = wantedReplicas(deployment) - rolloutLimits(deployment).maxUnavailable;
  const condition =
    available >= least
      ? buildCondition('Available', 'True', {
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
          nowMs,
        })
      : buildCondition('Available', 'False', {
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
          nowMs,
        });
  const { collisionCount } = deployment.status ?? {};
  const status: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sumStatus(all, 'replicas'),
    updatedReplicas: sets.newSet ? sumStatus([sets.newSet], 'replicas') : 0,
    readyReplicas: sumStatus(all, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total - available),
    terminatingReplicas: all.reduce((sum, set) => sum + (set.status?.terminatingReplicas ?? 0), 0),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: setCondition(deployment.status?.conditions ?? [], condition),
  };
  return withoutZeros(status, 'terminatingReplicas', 'collisionCount');
}

export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = wantedReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function isProgressing(deployment: Deployment, next: DeploymentStatus): boolean {
  const { updatedReplicas = 0, replicas = 0, readyReplicas = 0, availableReplicas = 0 } = deployment.status ?? {};
  const nextUpdated = next.updatedReplicas ?? 0;
  return (
    nextUpdated > updatedReplicas ||
    (next.replicas ?? 0) - nextUpdated < replicas - updatedReplicas ||
    (next.readyReplicas ?? 0) > readyReplicas ||
    (next.availableReplicas ?? 0) > availableReplicas
  );
}

/** When the rollout would be late, in milliseconds since the epoch; undefined when it cannot be. */
export function progressDeadline(deployment: Deployment, status: DeploymentStatus): number | undefined {
  const deadlineMs = progressDeadlineMs(deployment);
  const condition = findCondition(status.conditions, 'Progressing');
  if (deadlineMs === undefined || !condition || condition.reason === 'NewReplicaSetAvailable') return undefined;
  return timeOf(condition.lastUpdateTime) + deadlineMs;
}

/** The status after a rollout step, with Progressing and ReplicaFailure judged. */
export function decideRolloutStatus(deployment: Deployment, sets: OwnedSets, nowMs: number): DeploymentStatus {
  const status = countStatus(deployment, sets, nowMs);
  let conditions = status.conditions ?? [];
  const current = findCondition(conditions, 'Progressing');
  if (progressDeadlineMs(deployment) === undefined) conditions = removeCondition(conditions, 'Progressing');
  else if (!(status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable')) {
    conditions = judgeProgress(deployment, sets.newSet, { ...status, conditions }, nowMs);
  }
  const failure = replicaFailure(sets);
  conditions = failure ? setCondition(conditions, failure) : removeCondition(conditions, 'ReplicaFailure');
  return { ...status, conditions };
}

function judgeProgress(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  status: DeploymentStatus,
  nowMs: number,
): Condition[] {
  const conditions = status.conditions ?? [];
  const current = findCondition(conditions, 'Progressing');
  const subject = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    return setCondition(
      conditions,
      buildCondition('Progressing', 'True', { reason: 'NewReplicaSetAvailable', message, nowMs }),
    );
  }
  if (isProgressing(deployment, status)) {
    const next = buildCondition('Progressing', 'True', {
      reason: 'ReplicaSetUpdated',
      message: `${subject} is progressing.`,
      nowMs,
    });
    if (current?.status === 'True' && current.lastTransitionTime) next.lastTransitionTime = current.lastTransitionTime;
    return [...removeCondition(conditions, 'Progressing'), next];
  }
  const deadline = progressDeadline(deployment, status);
  if (deadline !== undefined && (current?.reason === 'ProgressDeadlineExceeded' || deadline < nowMs)) {
    const message = `${subject} has timed out progressing.`;
    return setCondition(
      conditions,
      buildCondition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded', message, nowMs }),
    );
  }
  return conditions;
}

function replicaFailure({ newSet, oldSets }: OwnedSets): Condition | undefined {
  const failing = [newSet, ...oldSets]
    .map((set) => findCondition(set?.status?.conditions, 'ReplicaFailure'))
    .find((found) => found);
  if (!failing) return undefined;
  const { status, reason = '', message = '', lastTransitionTime = '' } = failing;
  return { type: 'ReplicaFailure', status, reason, message, lastUpdateTime: lastTransitionTime, lastTransitionTime };
}
