import { marks } from '../annotations.ts';
import { nonEmpty } from './finish-operation.ts';
import { completedHooks, releaseSteps } from './hook-steps.ts';
import type { DoneStep, PassInput, Step } from './next-step.ts';
import { isRunningRow, rowsById } from './result-rows.ts';
import type { SyncTask } from './sync-plan.ts';
import { taskIdOf } from './task-id.ts';

/** Stops an operation: hooks in flight are deleted, what was applied stays (`compatibility.md` d.2). */
export function terminateOperation(input: PassInput): DoneStep {
  const rows = rowsById(input.results);
  const running = input.plan.tasks.filter((task) => {
    const row = task.hook === undefined ? undefined : rows.get(task.id);
    return row !== undefined && isRunningRow(row);
  });
  const stopped = new Set(running.map((task) => task.id));
  const results = input.results.map((row) =>
    stopped.has(taskIdOf(row)) ? { ...row, hookPhase: 'Failed' as const, message: 'Terminated' } : row,
  );
  const deletions = running.flatMap((task) => stopSteps(task, input));
  const releases = releaseSteps([...completedHooks(input), ...running], input);
  return {
    type: 'done',
    phase: 'Failed',
    message: 'Operation terminated',
    results,
    cleanup: nonEmpty([deletions, releases]),
  };
}

function stopSteps({ key, version }: SyncTask, { live, plan }: PassInput): readonly Step[] {
  const object = live(key);
  if (object === undefined || object.metadata.deletionTimestamp !== undefined) return [];
  if (object.metadata.annotations?.[marks.operation] !== plan.operationId) return [];
  return [{ type: 'delete-hook', key, version, uid: object.metadata.uid, propagation: 'Background' }];
}
