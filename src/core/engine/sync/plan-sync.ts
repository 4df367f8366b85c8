import { hashJson } from '#base/hash';
import { resourceKeyOf } from '#libs/kube';
import { buildTasks, isPrunedLast } from './build-tasks.ts';
import { findProblems } from './find-problems.ts';
import { orderTasks } from './order-tasks.ts';
import type { PlanInput } from './plan-input.ts';
import type { SyncPlan } from './sync-plan.ts';
import { taskId } from './task-id.ts';

/**
 * The plan of a sync: immutable, and the same for the same input (`compatibility.md` d.3, d.4). It prunes only what the caller says
 * the application owns. Problems do not throw: a plan that has some is refused by `decideNextStep`.
 */
export function planSync(input: PlanInput): SyncPlan {
  const prunedLast = new Set(
    input.extraneous.filter((live) => isPrunedLast(live, input)).map((live) => taskId('Sync', resourceKeyOf(live))),
  );
  const tasks = orderTasks(buildTasks(input), prunedLast);
  return Object.freeze({
    operationId: input.operation.id,
    isDryRun: input.operation.dryRun,
    tasks,
    problems: findProblems(tasks, input),
    digest: planDigest(input),
  });
}

/** Only of what an operation sets out to do: what it has done already changes the live objects, not the digest. */
function planDigest({
  operation,
  options,
  destinationNamespace,
  managedNamespaceMetadata,
  targets,
}: PlanInput): string {
  const hashes = targets.map((target) => hashJson(target)).sort();
  return hashJson({ operation, options, destinationNamespace, managedNamespaceMetadata, hashes });
}
