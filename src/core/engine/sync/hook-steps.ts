import { marks } from '../annotations.ts';
import type { PassInput, Step } from './next-step.ts';
import { isRunningRow, rowsById } from './result-rows.ts';
import type { HookDeletePolicy, SyncTask } from './sync-plan.ts';

type Pass = Pick<PassInput, 'plan' | 'results' | 'live'>;

/** Hooks whose result is known. */
export function completedHooks({ plan, results }: Pass): readonly SyncTask[] {
  const rows = rowsById(results);
  return plan.tasks.filter((task) => {
    const row = task.hook === undefined ? undefined : rows.get(task.id);
    return row !== undefined && !isRunningRow(row);
  });
}

/** Takes the finalizer off hooks that still carry it. */
export function releaseSteps(hooks: readonly SyncTask[], { live }: Pass): readonly Step[] {
  return hooks.flatMap(({ key, version }): readonly Step[] => {
    const object = live(key);
    if (object?.metadata.finalizers?.includes(marks.hookFinalizer) !== true) return [];
    return [{ type: 'release-hook', key, version, uid: object.metadata.uid }];
  });
}

/** Deletes the objects of hooks whose policy says so, if they are of this operation. */
export function deleteSteps(
  hooks: readonly SyncTask[],
  policy: HookDeletePolicy,
  { live, plan }: Pass,
): readonly Step[] {
  return hooks.flatMap(({ key, version, hook }): readonly Step[] => {
    const object = live(key);
    if (object === undefined || hook?.deletePolicies.includes(policy) !== true) return [];
    if (object.metadata.deletionTimestamp !== undefined) return [];
    if (object.metadata.annotations?.[marks.operation] !== plan.operationId) return [];
    return [{ type: 'delete-hook', key, version, uid: object.metadata.uid, propagation: 'Background' }];
  });
}
