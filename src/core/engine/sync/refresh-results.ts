import { assessHealth } from '../health/assess-health.ts';
import type { PassInput } from './next-step.ts';
import type { OperationPhase, ResourceResult } from './resource-result.ts';
import { isRunningRow, messageName } from './result-rows.ts';
import type { SyncTask } from './sync-plan.ts';
import { taskIdOf } from './task-id.ts';

/** Brings the rows of running tasks up to what their live objects say (`compatibility.md` d.5, step 2). */
export function refreshResults(input: PassInput): readonly ResourceResult[] {
  const tasks = new Map(input.plan.tasks.map((task) => [task.id, task]));
  return input.results.map((row) => {
    const task = tasks.get(taskIdOf(row));
    return task === undefined || !isRunningRow(row) ? row : refreshRow(row, task, input);
  });
}

function refreshRow(row: ResourceResult, task: SyncTask, input: PassInput): ResourceResult {
  // Whoever waits for the namespace waits for what lives in it; Argo CD leaves this row as it is, too.
  if (task.isNamespaceCreation && !task.saysServerSide) return row;
  const live = input.live(task.key);
  if (live === undefined) {
    const message = `Resource ${messageName(task)} is missing, it might have been deleted`;
    return { ...row, hookPhase: 'Error', message };
  }
  const health = (input.health ?? assessHealth)(live);
  const phase = task.hook === undefined ? resourcePhase(health?.status) : hookPhase(health?.status);
  const message = health?.message === undefined || health.message === '' ? row.message : health.message;
  return phase === 'Running' && task.hook === undefined ? row : { ...row, hookPhase: phase, message };
}

function hookPhase(status: string | undefined): OperationPhase {
  if (status === undefined || status === 'Healthy') return 'Succeeded';
  return status === 'Degraded' || status === 'Unknown' ? 'Failed' : 'Running';
}

function resourcePhase(status: string | undefined): OperationPhase {
  if (status === undefined || status === 'Healthy') return 'Succeeded';
  return status === 'Degraded' ? 'Failed' : 'Running';
}
