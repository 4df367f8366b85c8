import type { Condition } from '../kinds/live-object.ts';
import { formatTime } from '../kinds/live-object.ts';

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function removeCondition(conditions: readonly Condition[], type: string): Condition[] {
  return conditions.filter((condition) => condition.type !== type);
}

/** The conditions with one replaced: same status and reason change nothing, same status keeps its transition time. */
export function setCondition(conditions: readonly Condition[], next: Condition): Condition[] {
  const current = findCondition(conditions, next.type);
  if (current && current.status === next.status && current.reason === next.reason) return [...conditions];
  const kept = current && current.status === next.status ? current.lastTransitionTime : undefined;
  return [...removeCondition(conditions, next.type), kept === undefined ? next : { ...next, lastTransitionTime: kept }];
}

/** Replaces in place, as metav1's SetStatusCondition does: a new message counts, the order stays. */
export function upsertCondition(conditions: readonly Condition[], next: Condition, nowMs: number): Condition[] {
  const current = findCondition(conditions, next.type);
  const since = current && current.status === next.status ? current.lastTransitionTime : undefined;
  const merged: Condition = { ...next, lastTransitionTime: since ?? formatTime(nowMs) };
  return current
    ? conditions.map((condition) => (condition === current ? merged : condition))
    : [...conditions, merged];
}
