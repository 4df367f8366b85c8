import { imagesOf } from './images-of.ts';
import type { ResourceResult } from './resource-result.ts';
import type { SyncTask, TaskProblem } from './sync-plan.ts';
import { taskIdOf } from './task-id.ts';

/** The row of a task, before anything happened to it. */
export function rowOf(task: SyncTask): ResourceResult {
  const { key, version, phase, hook, desired } = task;
  const images = desired === undefined ? [] : imagesOf(desired);
  return {
    ...key,
    version,
    syncPhase: phase,
    ...(hook === undefined ? {} : { hookType: hook.type }),
    ...(images.length === 0 ? {} : { images }),
  };
}

export function problemRow({ key, version, phase, resourceMessage }: TaskProblem): ResourceResult {
  return { ...key, version, syncPhase: phase, status: 'SyncFailed', message: resourceMessage };
}

/** The rows with one added or replaced, in place. Compares field by field: big applications record thousands of rows. */
export function withRow(results: readonly ResourceResult[], row: ResourceResult): readonly ResourceResult[] {
  const index = results.findIndex(
    (one) =>
      one.name === row.name &&
      one.kind === row.kind &&
      one.namespace === row.namespace &&
      one.group === row.group &&
      (one.syncPhase ?? 'Sync') === (row.syncPhase ?? 'Sync'),
  );
  return index < 0 ? [...results, row] : results.with(index, row);
}

export function rowsById(results: readonly ResourceResult[]): ReadonlyMap<string, ResourceResult> {
  return new Map(results.map((result) => [taskIdOf(result), result]));
}

/** kubectl's name of an object: `deployment.apps/x`, `configmap/a`. */
export function kubectlName({ key }: Pick<SyncTask, 'key'>): string {
  const kind = key.kind.toLowerCase();
  return `${key.group === '' ? kind : `${kind}.${key.group}`}/${key.name}`;
}

/** The name of an object in an operation's message: `apps/Deployment/x`. */
export function messageName({ key }: Pick<SyncTask, 'key'>): string {
  return `${key.group}/${key.kind}/${key.name}`;
}

export function isFailedRow({ status, hookPhase }: ResourceResult): boolean {
  return status === 'SyncFailed' || hookPhase === 'Failed' || hookPhase === 'Error';
}

export function isRunningRow({ hookPhase }: ResourceResult): boolean {
  return hookPhase === 'Running';
}
