import type { PassInput, WaitStep, WaitsFor } from './next-step.ts';
import { messageName } from './result-rows.ts';
import type { SyncTask } from './sync-plan.ts';

const texts: Readonly<Record<WaitsFor['reason'], string>> = {
  completion: 'waiting for completion of',
  health: 'waiting for healthy state of',
  deletion: 'waiting for deletion of',
  'prune-confirmation': 'waiting for pruning confirmation of',
};

/** A wait for tasks that names the first one (`compatibility.md` d.5); undefined when there is none. */
export function waitStep(
  { results }: PassInput,
  tasks: readonly SyncTask[],
  reason: WaitsFor['reason'],
): WaitStep | undefined {
  const [first] = tasks;
  if (first === undefined) return undefined;
  const isHook = first.hook !== undefined;
  const rest = tasks.length === 1 ? '' : ` and ${tasks.length - 1} more ${isHook ? 'hooks' : 'resources'}`;
  return {
    type: 'wait',
    message: `${texts[reason]}${isHook ? ' hook' : ''} ${messageName(first)}${rest}`,
    results,
    waitsFor: tasks.map((task) => ({ reason, key: task.key, isHook: task.hook !== undefined })),
  };
}
