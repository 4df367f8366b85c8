import type { Deployment, ReplicaSet } from '../kinds/workloads.ts';
import { compareCreation } from '../kinds/live-object.ts';
import {
  desiredReplicasAnnotation,
  isRollingUpdate,
  maxReplicasAnnotation,
  newReplicaSetSize,
  rolloutLimits,
  sumReplicas,
  sumStatus,
  wantedReplicas,
} from './rollout-numbers.ts';

/** What a Deployment owns: the ReplicaSet of the present template, if any, and the others, oldest first. */
export interface OwnedSets {
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
}

export interface Resize {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

export function allSets({ newSet, oldSets }: OwnedSets): ReplicaSet[] {
  return newSet ? [...oldSets, newSet] : [...oldSets];
}

/** Whether the wanted number changed since the ReplicaSets were last sized: then proportions, not the rollout, decide. */
export function isScalingEvent(deployment: Deployment, sets: OwnedSets): boolean {
  return allSets(sets)
    .filter((set) => wantedReplicas(set) > 0)
    .some((set) => {
      const noted = Number(set.metadata.annotations?.[desiredReplicasAnnotation]);
      return Number.isInteger(noted) && noted !== wantedReplicas(deployment);
    });
}

/** One rolling-update step: the new ReplicaSet first; only when it needs no change, the old ones. */
export function planRollingUpdate(deployment: Deployment, sets: OwnedSets): Resize[] {
  const newResize = planNewSet(deployment, sets);
  return newResize.length > 0 ? newResize : planOldSets(deployment, sets);
}

function planNewSet(deployment: Deployment, sets: OwnedSets): Resize[] {
  const { newSet } = sets;
  if (!newSet) return [];
  const current = wantedReplicas(newSet);
  const wanted = wantedReplicas(deployment);
  if (current === wanted) return [];
  const replicas = current > wanted ? wanted : newReplicaSetSize(deployment, allSets(sets), current);
  return replicas === current ? [] : [{ set: newSet, replicas }];
}

function planOldSets(deployment: Deployment, { newSet, oldSets }: OwnedSets): Resize[] {
  const all = allSets({ newSet, oldSets });
  const minAvailable = wantedReplicas(deployment) - rolloutLimits(deployment).maxUnavailable;
  const newUnavailable = newSet ? wantedReplicas(newSet) - (newSet.status?.availableReplicas ?? 0) : 0;
  const budget = sumReplicas(all) - minAvailable - newUnavailable;
  if (sumReplicas(oldSets) === 0 || budget <= 0) return [];

  const sizes = new Map(oldSets.map((set) => [set, wantedReplicas(set)]));
  const sorted = [...oldSets].sort(compareCreation);
  dropUnhealthy(sorted, sizes, budget);
  dropHealthy(sorted, sizes, sumStatus(all, 'availableReplicas') - minAvailable);
  return sorted.flatMap((set) =>
    sizes.get(set) === wantedReplicas(set) ? [] : [{ set, replicas: sizes.get(set) ?? 0 }],
  );
}

/** Pods that are not available anyway go first: they cost no availability. */
function dropUnhealthy(sorted: readonly ReplicaSet[], sizes: Map<ReplicaSet, number>, budget: number): void {
  let left = budget;
  for (const set of sorted) {
    const size = sizes.get(set) ?? 0;
    const drop = Math.min(left, Math.max(0, size - (set.status?.availableReplicas ?? 0)));
    sizes.set(set, size - drop);
    left -= drop;
  }
}

function dropHealthy(sorted: readonly ReplicaSet[], sizes: Map<ReplicaSet, number>, spare: number): void {
  let left = Math.max(0, spare);
  for (const set of sorted) {
    const size = sizes.get(set) ?? 0;
    const drop = Math.min(left, size);
    sizes.set(set, size - drop);
    left -= drop;
  }
}

/** Recreate: every old ReplicaSet to zero. */
export function planRecreateDown({ oldSets }: OwnedSets): Resize[] {
  return oldSets.filter((set) => wantedReplicas(set) > 0).map((set) => ({ set, replicas: 0 }));
}

/** Sizes after the wanted number changed or while paused: spread over the active ReplicaSets in proportion to their share. */
export function planProportionalScaling(deployment: Deployment, sets: OwnedSets): Resize[] {
  const wanted = wantedReplicas(deployment);
  const active = allSets(sets).filter((set) => wantedReplicas(set) > 0);
  if (active.length <= 1) {
    const only = active[0] ?? sets.newSet ?? sets.oldSets.toSorted(compareCreation).at(-1);
    return only && wantedReplicas(only) !== wanted ? [{ set: only, replicas: wanted }] : [];
  }
  if (sets.newSet && isSaturated(deployment, sets.newSet)) return planRecreateDown(sets);
  return isRollingUpdate(deployment) ? spread(deployment, active) : [];
}

function isSaturated(deployment: Deployment, set: ReplicaSet): boolean {
  const wanted = wantedReplicas(deployment);
  const noted = Number(set.metadata.annotations?.[desiredReplicasAnnotation]);
  return wantedReplicas(set) === wanted && noted === wanted && set.status?.availableReplicas === wanted;
}

function spread(deployment: Deployment, active: readonly ReplicaSet[]): Resize[] {
  const wanted = wantedReplicas(deployment);
  const allowed = wanted > 0 ? wanted + rolloutLimits(deployment).maxSurge : 0;
  const toAdd = allowed - sumReplicas(active);
  // Ties go to the newer ReplicaSet when growing and to the older one when shrinking.
  const bySize = [...active].sort((a, b) => {
    const size = wantedReplicas(b) - wantedReplicas(a);
    if (size !== 0) return size;
    return toAdd > 0 ? compareCreation(b, a) : compareCreation(a, b);
  });
  let added = 0;
  const sizes = bySize.map((set) => {
    const share = toAdd === 0 ? 0 : clampShare(shareOf(deployment, set), toAdd, toAdd - added);
    added += share;
    return wantedReplicas(set) + share;
  });
  if (sizes[0] !== undefined) sizes[0] = Math.max(0, sizes[0] + toAdd - added);
  return bySize.map((set, n) => ({ set, replicas: sizes[n] ?? 0 }));
}

function clampShare(share: number, toAdd: number, left: number): number {
  return toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
}

/** By how many pods this ReplicaSet should grow to keep its share of the new maximum. */
function shareOf(deployment: Deployment, set: ReplicaSet): number {
  const wanted = wantedReplicas(deployment);
  const size = wantedReplicas(set);
  if (wanted === 0) return -size;
  const before = Number(set.metadata.annotations?.[maxReplicasAnnotation]) || deployment.status?.replicas || 0;
  if (before === 0) return 0;
  const exact = (size * (wanted + rolloutLimits(deployment).maxSurge)) / before;
  return Math.round(exact) - size;
}

/** Old ReplicaSets beyond the history limit that nothing runs in any more, lowest revision first. */
export function planCleanup(
  deployment: Deployment,
  oldSets: readonly ReplicaSet[],
  revision: (set: ReplicaSet) => number,
): ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit;
  if (limit === undefined || limit >= 2 ** 31 - 1) return [];
  const alive = oldSets.filter((set) => set.metadata.deletionTimestamp === undefined);
  const excess = alive.length - limit;
  if (excess <= 0) return [];
  return alive
    .sort((a, b) => revision(a) - revision(b))
    .slice(0, excess)
    .filter(
      (set) =>
        (set.status?.replicas ?? 0) === 0 &&
        wantedReplicas(set) === 0 &&
        (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0),
    );
}
