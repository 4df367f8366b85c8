import type { KubeObject } from '#libs/kube';
import { formatApiVersion, formatGroupKind } from '#libs/kube';
import { isCustomResourceDefinition } from '../kinds.ts';
import { hasSyncOption } from '../resource-options.ts';
import { definedKind } from './order-tasks.ts';
import type { KindFacts, PlanInput } from './plan-input.ts';
import type { SyncTask, TaskProblem } from './sync-plan.ts';

/** What keeps tasks from starting: kinds that nobody serves, objects that the project forbids, objects without a name. */
export function findProblems(tasks: readonly SyncTask[], input: PlanInput): readonly TaskProblem[] {
  const defined = new Map<string, KindFacts>();
  for (const target of input.targets) {
    const kind = isCustomResourceDefinition(target) ? definedKind(target) : undefined;
    if (kind !== undefined) defined.set(formatGroupKind(kind), kind);
  }
  return tasks.flatMap((task) => {
    // The namespace that the operator asked for is not the project's to refuse here.
    const messages = task.isNamespaceCreation ? undefined : problemOf(task, input, defined);
    if (messages === undefined) return [];
    const { id, key, version, phase } = task;
    return [{ taskId: id, key, version, phase, ...messages }];
  });
}

type Messages = Pick<TaskProblem, 'resourceMessage' | 'operationMessage'>;

function problemOf(task: SyncTask, input: PlanInput, defined: ReadonlyMap<string, KindFacts>): Messages | undefined {
  const object = task.desired ?? input.live(task.key);
  if (object === undefined) return undefined;
  const served = input.kindFacts({ ...task.key, version: task.version });
  const facts = served ?? defined.get(formatGroupKind(task.key));
  if (facts === undefined) return mayComeLater(object, input) ? undefined : unknownKind(task);
  const refusal = input.refusal(object, facts);
  if (refusal !== undefined) return { resourceMessage: refusal, operationMessage: refusal };
  return task.key.name === '' ? same(`Resource of kind "${task.key.kind}" has no metadata.name`) : undefined;
}

function mayComeLater(object: KubeObject, { options }: PlanInput): boolean {
  return options.skipDryRunOnMissingResource || hasSyncOption(object, 'SkipDryRunOnMissingResource=true');
}

function unknownKind({ key, version }: SyncTask): Messages {
  const place = `${key.namespace}/${key.name}`;
  return {
    resourceMessage: `The Kubernetes API could not find ${key.group}/${key.kind} for requested resource ${place}. Make sure the "${key.kind}" CRD is installed on the destination cluster.`,
    operationMessage: `failed to discover server resources for group version ${formatApiVersion({ group: key.group, version })}: the server could not find the requested resource`,
  };
}

function same(message: string): Messages {
  return { resourceMessage: message, operationMessage: message };
}
