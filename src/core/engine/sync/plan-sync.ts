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
  const content = {
    operationId: input.operation.id,
    isDryRun: input.operation.dryRun,
    tasks,
    problems: findProblems(tasks, input),
  };
  return Object.freeze({ ...content, digest: hashJson(content) });
}
