import { resolveIntOrPercent } from '../framework/resolve-int-or-percent.ts';
import { isTerminating } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { isPodAvailable, isPodFinished, podPhase } from '../kinds/pod.ts';
import type { StatefulSet } from '../kinds/workloads.ts';
import { revisionHashLabel } from '../revisions/controller-history.ts';
import { ordinalOf } from './build-stateful-pod.ts';

export type StatefulAction =
  | { readonly type: 'create'; readonly ordinal: number; readonly revision: 'current' | 'update' }
  | { readonly type: 'delete'; readonly pod: Pod; readonly why: 'finished' | 'scaleDown' | 'update' };

export interface StatefulState {
  readonly set: StatefulSet;
  readonly pods: readonly Pod[];
  /** Names of the revisions that new and old pods have. */
  readonly currentRevision: string;
  readonly updateRevision: string;
  readonly nowMs: number;
}

export function podRevision(pod: Pod): string {
  return pod.metadata.labels?.[revisionHashLabel] ?? '';
}

function startOrdinal(set: StatefulSet): number {
  return set.spec.ordinals?.start ?? 0;
}

function wanted(set: StatefulSet): number {
  return set.spec.replicas ?? 1;
}

/**
 * The next actions: first every ordinal gets its pod, then surplus pods go, then old revisions are replaced from the highest
 * ordinal down. With OrderedReady one pod at a time, each step waiting until all before it are available.
 */
export function planStatefulSet(state: StatefulState): StatefulAction[] {
  const { set } = state;
  const isOrdered = set.spec.podManagementPolicy !== 'Parallel';
  const replicas = planReplicas(state, isOrdered);
  if (replicas.isBlocked) return replicas.actions;
  const condemned = planCondemned(state, isOrdered);
  if (condemned.isBlocked) return [...replicas.actions, ...condemned.actions];
  return [...replicas.actions, ...condemned.actions, ...planUpdate(state)];
}

interface Plan {
  readonly actions: StatefulAction[];
  /** Nothing further may happen in this step. */
  readonly isBlocked: boolean;
}

function planReplicas(state: StatefulState, isOrdered: boolean): Plan {
  const { set, pods } = state;
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod.metadata.name), pod]));
  const actions: StatefulAction[] = [];
  const start = startOrdinal(set);
  for (let ordinal = start; ordinal < start + wanted(set); ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (pod && isPodFinished(pod)) {
      if (!isTerminating(pod)) actions.push({ type: 'delete', pod, why: 'finished' });
      if (isOrdered) return { actions, isBlocked: true };
    } else if (!pod) {
      actions.push({ type: 'create', ordinal, revision: revisionFor(state, ordinal) });
      if (isOrdered) return { actions, isBlocked: true };
    } else if (isOrdered && !isHealthy(state, pod)) return { actions, isBlocked: true };
  }
  return { actions, isBlocked: false };
}

/** Below the partition, or while the set has not begun to move, pods come back with the revision they had. */
function revisionFor({ set }: StatefulState, ordinal: number): 'current' | 'update' {
  const strategy = set.spec.updateStrategy;
  if (strategy?.type === 'OnDelete') return 'update';
  const position = ordinal - startOrdinal(set);
  const bound = strategy?.rollingUpdate ? (strategy.rollingUpdate.partition ?? 0) : (set.status?.currentReplicas ?? 0);
  return position < bound ? 'current' : 'update';
}

function planCondemned(state: StatefulState, isOrdered: boolean): Plan {
  const { set, pods } = state;
  const start = startOrdinal(set);
  const ordinal = (pod: Pod) => ordinalOf(set, pod.metadata.name);
  const condemned = pods.filter(
    (pod) => ordinal(pod) >= 0 && (ordinal(pod) < start || ordinal(pod) >= start + wanted(set)),
  );
  condemned.sort((a, b) => ordinal(b) - ordinal(a));
  const firstUnhealthy = pods.filter((pod) => !isHealthy(state, pod)).sort((a, b) => ordinal(a) - ordinal(b))[0];
  const actions: StatefulAction[] = [];
  for (const pod of condemned) {
    if (isTerminating(pod)) {
      if (isOrdered) return { actions, isBlocked: true };
      continue;
    }
    if (isOrdered && !isHealthy(state, pod) && pod !== firstUnhealthy) return { actions, isBlocked: true };
    actions.push({ type: 'delete', pod, why: 'scaleDown' });
    if (isOrdered) return { actions, isBlocked: true };
  }
  return { actions, isBlocked: false };
}

function planUpdate(state: StatefulState): StatefulAction[] {
  const { set, pods, updateRevision } = state;
  const strategy = set.spec.updateStrategy;
  if (strategy?.type === 'OnDelete') return [];
  const start = startOrdinal(set);
  const partition = strategy?.rollingUpdate?.partition ?? 0;
  const limit = strategy?.rollingUpdate?.maxUnavailable;
  const maxUnavailable = limit === undefined ? 1 : Math.max(1, resolveIntOrPercent(limit, wanted(set), 'down'));
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod.metadata.name) - start, pod]));
  const all = Array.from({ length: wanted(set) }, (_, n) => byOrdinal.get(n));
  let unavailable = maxUnavailable === 1 ? 0 : all.filter((pod) => !pod || !isHealthy(state, pod)).length;
  const actions: StatefulAction[] = [];
  for (let position = wanted(set) - 1; position >= partition; position--) {
    const pod = all[position];
    if (pod && podRevision(pod) !== updateRevision && !isTerminating(pod)) {
      if (unavailable >= maxUnavailable && isHealthy(state, pod)) return actions;
      actions.push({ type: 'delete', pod, why: 'update' });
      if (maxUnavailable === 1) return actions;
      if (isHealthy(state, pod)) unavailable++;
    } else if (maxUnavailable === 1 && (!pod || !isHealthy(state, pod))) return actions;
  }
  return actions;
}

/** Running, ready for long enough, and staying. */
function isHealthy({ set, nowMs }: StatefulState, pod: Pod): boolean {
  return (
    podPhase(pod) === 'Running' && !isTerminating(pod) && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)
  );
}
