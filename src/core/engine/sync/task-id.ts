import type { ResourceKey } from '#libs/kube';
import { formatResourceKey } from '#libs/kube';
import type { ResourceResult } from './resource-result.ts';
import type { SyncPhase } from './sync-plan.ts';

/** One object may run in several phases (a hook of PreSync and PostSync), so the phase is part of the identity. */
export function taskId(phase: SyncPhase, key: ResourceKey): string {
  return `${phase}/${formatResourceKey(key)}`;
}

/** The id of the task that a persisted row belongs to. */
export function taskIdOf(result: ResourceResult): string {
  return taskId(result.syncPhase ?? 'Sync', result);
}
