import { timeOf } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { isPodReady, podCondition, podPhase } from '../kinds/pod.ts';

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** Pods in the order in which a scale-down deletes them: the least useful first. */
export function rankPods(pods: readonly Pod[], neighbours: ReadonlyMap<string, number>, nowMs: number): Pod[] {
  return pods.toSorted(
    (a, b) =>
      Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName)) ||
      (phaseOrder[podPhase(a)] ?? 2) - (phaseOrder[podPhase(b)] ?? 2) ||
      Number(isPodReady(a)) - Number(isPodReady(b)) ||
      costOf(a) - costOf(b) ||
      neighboursOf(b, neighbours) - neighboursOf(a, neighbours) ||
      compareAge(readySince(a), readySince(b), nowMs) ||
      restarts(b) - restarts(a) ||
      compareAge(timeOf(a.metadata.creationTimestamp), timeOf(b.metadata.creationTimestamp), nowMs) ||
      (a.metadata.uid < b.metadata.uid ? -1 : 1),
  );
}

function costOf(pod: Pod): number {
  return Number.parseInt(pod.metadata.annotations?.[deletionCost] ?? '0', 10) || 0;
}

function neighboursOf(pod: Pod, neighbours: ReadonlyMap<string, number>): number {
  return neighbours.get(pod.spec.nodeName ?? '') ?? 0;
}

function readySince(pod: Pod): number {
  return isPodReady(pod) ? timeOf(podCondition(pod, 'Ready')?.lastTransitionTime) : 0;
}

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount));
}

/** Younger first, by powers of two of the age: pods of about the same age are equals, so that the choice spreads. */
function compareAge(aMs: number, bMs: number, nowMs: number): number {
  if (aMs === 0 || bMs === 0) return aMs === bMs ? 0 : aMs === 0 ? -1 : 1;
  return rank(nowMs - aMs) - rank(nowMs - bMs);
}

function rank(ageMs: number): number {
  return ageMs <= 1 ? 0 : Math.floor(Math.log2(ageMs));
}
