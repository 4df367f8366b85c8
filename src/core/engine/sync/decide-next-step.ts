import { dryRunResults } from './dry-run-results.ts';
import { failOperation, succeedOperation } from './finish-operation.ts';
import { handleFailure } from './handle-failure.ts';
import type { DoneStep, NextStep, PassInput, WaitStep } from './next-step.ts';
import { refreshResults } from './refresh-results.ts';
import type { ResourceResult } from './resource-result.ts';
import { isFailedRow, isRunningRow, problemRow, rowsById } from './result-rows.ts';
import { runWave } from './run-wave.ts';
import type { SyncTask } from './sync-plan.ts';
import { terminateOperation } from './terminate-operation.ts';
import { waitStep } from './wait-step.ts';

/**
 * One pass over an operation: from the plan, the persisted rows and the live objects to what happens next. Nothing is remembered
 * between passes, so a restart goes on where the rows and the cluster are (`compatibility.md` d.5).
 */
export function decideNextStep(input: PassInput): NextStep {
  const { plan } = input;
  if (plan.problems.length > 0) return refuse(input);
  if (plan.isDryRun) return done('Succeeded', 'successfully synced (all tasks run)', dryRunResults(input));
  if (input.isTerminating === true) return terminateOperation(input);
  if (isAllRun(input)) return succeedOperation(input, 'successfully synced (all tasks run)');
  const results = refreshResults(input);
  const pass = { ...input, results };
  const lost = results.find((row) => row.hookPhase === 'Error');
  if (lost !== undefined) return failOperation(pass, 'Error', lost.message ?? '');
  return waitForHooks(pass) ?? handleFailure(pass) ?? waitForHealth(pass) ?? waitForDeletion(pass) ?? advance(pass);
}

function advance(input: PassInput): NextStep {
  const step = runWave(input);
  if (step === undefined) return succeedOperation(input, 'successfully synced (no more tasks)');
  if (step.type !== 'recorded') return step;
  // Nothing had to be sent in that wave.
  return decideNextStep({ ...input, results: step.results });
}

function done(phase: DoneStep['phase'], message: string, results: readonly ResourceResult[]): DoneStep {
  return { type: 'done', phase, message, results, cleanup: [] };
}

function refuse({ plan, results }: PassInput): DoneStep {
  const messages = [...new Set(plan.problems.map((problem) => problem.operationMessage))].sort();
  const message = `one or more synchronization tasks are not valid: ${messages.join('; ')}`;
  return done('Failed', message, results.length > 0 ? results : plan.problems.map(problemRow));
}

/** The tasks of the ordinary way; SyncFail hooks run only after a failure. */
function ordinaryTasks({ plan }: Pick<PassInput, 'plan'>): readonly SyncTask[] {
  return plan.tasks.filter((task) => task.phase !== 'SyncFail');
}

/** True once the last wave was sent, nothing failed and no hook of that wave must be awaited: health is not. */
function isAllRun(input: PassInput): boolean {
  const tasks = ordinaryTasks(input);
  const rows = rowsById(input.results);
  const last = tasks.at(-1);
  if (!tasks.every((task) => rows.has(task.id)) || input.results.some(isFailedRow)) return false;
  return !tasks.some((task) => task.hook !== undefined && task.phase === last?.phase && task.wave === last.wave);
}

function waitForHooks(input: PassInput): WaitStep | undefined {
  const running = runningTasks(input).filter((task) => task.hook !== undefined);
  return waitStep(input, running, 'completion');
}

/** Health matters only where something comes after it: other phases or waves. */
function waitForHealth(input: PassInput): WaitStep | undefined {
  const running = runningTasks(input).filter((task) => !task.isNamespaceCreation && task.hook === undefined);
  return isMultiStep(input) ? waitStep(input, running, 'health') : undefined;
}

function runningTasks(input: PassInput): readonly SyncTask[] {
  const rows = rowsById(input.results);
  return input.plan.tasks.filter((task) => {
    const row = rows.get(task.id);
    return row !== undefined && isRunningRow(row);
  });
}

function isMultiStep(input: PassInput): boolean {
  const tasks = ordinaryTasks(input).filter((task) => !task.isPrune || task.action === 'prune');
  const [first] = tasks;
  return tasks.some((task) => task.phase !== first?.phase || task.wave !== first.wave);
}

/** Pruned objects that are still there, before the next wave begins. */
function waitForDeletion(input: PassInput): WaitStep | undefined {
  const rows = rowsById(input.results);
  const terminating = input.plan.tasks.filter(
    (task) =>
      rows.get(task.id)?.status === 'Pruned' &&
      task.liveUid !== undefined &&
      input.live(task.key)?.metadata.uid === task.liveUid,
  );
  return waitStep(input, terminating, 'deletion');
}
