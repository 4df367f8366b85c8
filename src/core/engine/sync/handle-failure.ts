import { failOperation } from './finish-operation.ts';
import type { NextStep, PassInput } from './next-step.ts';
import type { ResourceResult } from './resource-result.ts';
import { isFailedRow } from './result-rows.ts';
import { runWave } from './run-wave.ts';
import { taskIdOf } from './task-id.ts';

/** After a failure: the SyncFail hooks run, then the operation ends; undefined when nothing failed. */
export function handleFailure(input: PassInput): NextStep | undefined {
  const failed = input.results.filter(isFailedRow);
  if (failed.length === 0) return undefined;
  const step = runWave(input, (task) => task.phase === 'SyncFail');
  if (step === undefined) return failOperation(input, 'Failed', failureMessage(input, failed));
  return step.type === 'recorded' ? handleFailure({ ...input, results: step.results }) : step;
}

function failureMessage(input: PassInput, failed: readonly ResourceResult[]): string {
  const ordinary = failed.filter((row) => row.syncPhase !== 'SyncFail');
  const hooks = failed.filter((row) => row.syncPhase === 'SyncFail');
  const text = isWholeWaveRefused(input, ordinary)
    ? 'one or more objects failed to apply'
    : 'one or more synchronization tasks completed unsuccessfully';
  const message = withReasons(text, ordinary);
  return hooks.length === 0 ? message : `${message}\n${withReasons('one or more SyncFail hooks failed', hooks)}`;
}

/**
 * Argo CD says "failed to apply" when nothing of the wave is left that it would have to look at again (recorded cases `retry`,
 * `wrong-type`).
 */
function isWholeWaveRefused({ plan, results }: PassInput, failed: readonly ResourceResult[]): boolean {
  const refused = failed.find((row) => row.status === 'SyncFailed');
  if (refused === undefined) return false;
  const tasks = new Map(plan.tasks.map((task) => [task.id, task]));
  const place = tasks.get(taskIdOf(refused));
  return results.every((row) => {
    const task = tasks.get(taskIdOf(row));
    return row.status === 'SyncFailed' || task?.phase !== place?.phase || task?.wave !== place?.wave;
  });
}

function withReasons(text: string, failed: readonly ResourceResult[]): string {
  const reasons = failed.filter((row) => row.status === 'SyncFailed').map((row) => row.message ?? '');
  const named = [...new Set(reasons)].filter((reason) => reason !== '').sort();
  return named.length === 0 ? text : `${text}, reason: ${named.join(',')}`;
}
