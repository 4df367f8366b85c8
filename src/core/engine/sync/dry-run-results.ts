import type { PassInput } from './next-step.ts';
import { appliedMessage, skippedRow } from './record-outcome.ts';
import type { ResourceResult } from './resource-result.ts';
import { rowOf } from './result-rows.ts';
import type { SyncTask } from './sync-plan.ts';

/** What the operation would do, told from the plan alone: nothing is sent. */
export function dryRunResults(input: PassInput): readonly ResourceResult[] {
  return input.plan.tasks.filter((task) => task.phase !== 'SyncFail').map((task) => dryRunRow(task, input));
}

function dryRunRow(task: SyncTask, { live }: PassInput): ResourceResult {
  if (task.action === 'none' && task.skipped !== 'unchanged') return skippedRow(task);
  const row = { ...rowOf(task), hookPhase: 'Succeeded' as const };
  if (task.action === 'prune') return { ...row, status: 'Pruned', message: 'pruned (dry run)' };
  const verb = task.skipped === 'unchanged' ? 'unchanged' : live(task.key) === undefined ? 'created' : 'configured';
  return { ...row, status: 'Synced', message: `${appliedMessage(task, verb)} (dry run)` };
}
