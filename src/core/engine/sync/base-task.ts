import type { KubeObject } from '#libs/kube';
import { parseApiVersion, resourceKeyOf } from '#libs/kube';
import type { PlanInput } from './plan-input.ts';
import { syncWaveOf } from './sync-wave-of.ts';
import type { SyncPhase, SyncTask } from './sync-plan.ts';
import { taskId } from './task-id.ts';

/** What all tasks have in common. */
export function baseTask(object: KubeObject, phase: SyncPhase, { options }: PlanInput): SyncTask {
  const key = resourceKeyOf(object);
  return {
    id: taskId(phase, key),
    key,
    version: parseApiVersion(object.apiVersion).version,
    phase,
    wave: syncWaveOf(object),
    action: 'apply',
    isPrune: false,
    isNamespaceCreation: false,
    isForced: false,
    saysServerSide: false,
    migratesManagers: [],
    isPruneConfirmationRequired: false,
    propagation: options.propagation,
  };
}
