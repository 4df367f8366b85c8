import type { ResourceResult, StepOutcome } from './resource-result.ts';
import { kubectlName, rowOf, withRow } from './result-rows.ts';
import type { SyncTask } from './sync-plan.ts';

/** The rows after one step of a task was carried out; messages are worded as kubectl's (`compatibility.md` d.6). */
export function recordOutcome(
  results: readonly ResourceResult[],
  task: SyncTask,
  outcome: StepOutcome,
): readonly ResourceResult[] {
  return withRow(results, outcomeRow(task, outcome));
}

function outcomeRow(task: SyncTask, outcome: StepOutcome): ResourceResult {
  const row = rowOf(task);
  switch (outcome.type) {
    case 'applied':
      return { ...row, status: 'Synced', message: appliedMessage(task, outcome.verb), hookPhase: 'Running' };
    case 'replaced':
      return { ...row, status: 'Synced', message: replacedMessage(task, outcome), hookPhase: 'Running' };
    case 'pruned':
      return { ...row, status: 'Pruned', message: 'pruned', hookPhase: 'Succeeded' };
    default:
      return { ...row, status: 'SyncFailed', message: outcome.message, hookPhase: 'Failed' };
  }
}

export function appliedMessage(task: SyncTask, verb: 'created' | 'configured' | 'unchanged'): string {
  return `${kubectlName(task)} ${task.saysServerSide ? 'serverside-applied' : verb}`;
}

function replacedMessage(task: SyncTask, { verb, deletedFirst }: Extract<StepOutcome, { type: 'replaced' }>): string {
  const replaced = `${kubectlName(task)} ${verb}`;
  if (!deletedFirst) return replaced;
  const { group, kind, namespace, name } = task.key;
  const type = group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
  return `${type} "${name}" deleted${namespace === '' ? '' : ` from ${namespace} namespace`}\n${replaced}`;
}

/** The row of a task for which nothing is sent. */
export function skippedRow(task: SyncTask): ResourceResult {
  const row = rowOf(task);
  if (task.skipped === 'unchanged') {
    return { ...row, status: 'Synced', message: appliedMessage(task, 'unchanged'), hookPhase: 'Running' };
  }
  const message = task.skipped === 'no-prune' ? 'ignored (no prune)' : 'ignored (requires pruning)';
  return { ...row, status: 'PruneSkipped', message, hookPhase: 'Succeeded' };
}
