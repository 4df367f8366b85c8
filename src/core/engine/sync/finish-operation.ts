import { completedHooks, deleteSteps, releaseSteps } from './hook-steps.ts';
import type { DoneStep, PassInput, StepGroups } from './next-step.ts';

export function succeedOperation(input: PassInput, message: string): DoneStep {
  const completed = completedHooks(input);
  const cleanup = [releaseSteps(completed, input), deleteSteps(completed, 'HookSucceeded', input)];
  return { type: 'done', phase: 'Succeeded', message, results: input.results, cleanup: nonEmpty(cleanup) };
}

export function failOperation(input: PassInput, phase: 'Failed' | 'Error', message: string): DoneStep {
  const completed = completedHooks(input);
  const cleanup = [releaseSteps(completed, input), deleteSteps(completed, 'HookFailed', input)];
  return { type: 'done', phase, message, results: input.results, cleanup: nonEmpty(cleanup) };
}

export function nonEmpty(groups: StepGroups): StepGroups {
  return groups.filter((group) => group.length > 0);
}
