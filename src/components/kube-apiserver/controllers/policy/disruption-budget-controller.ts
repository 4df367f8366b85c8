import { deepEqual } from '#base/json';
import type { ControllerContext } from '../framework/context.ts';
import { addLabelIndex, selectByLabels } from '../framework/label-index.ts';
import { matchSelector } from '../framework/match-selector.ts';
import { resolveIntOrPercent } from '../framework/resolve-int-or-percent.ts';
import { upsertCondition } from '../framework/set-condition.ts';
import type { Step } from '../framework/step.ts';
import { watchObjects } from '../framework/watch-owner.ts';
import type { Condition, LabelSelector, LiveObject } from '../kinds/live-object.ts';
import { controllerOf, isTerminating, keyOf } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { isPodFinished, isPodReady } from '../kinds/pod.ts';
import { podDisruptionBudgets, pods, replicaSets, statefulSets } from '../kinds/resources.ts';
import type { IntOrPercent } from '../kinds/workloads.ts';

interface DisruptionBudget extends LiveObject {
  spec: { minAvailable?: IntOrPercent; maxUnavailable?: IntOrPercent; selector?: LabelSelector };
  status?: { conditions?: Condition[]; [field: string]: unknown };
}

/** Keeps the status of PodDisruptionBudgets: how many pods may go. */
export function startDisruptionBudgetController(context: ControllerContext): void {
  const { cluster, clock } = context;
  const cache = cluster.cache(podDisruptionBudgets);
  const podCache = cluster.cache(pods);
  addLabelIndex(podCache);
  const events = context.eventsOf('controllermanager');
  const loop = context.startLoop({
    name: 'disruption-controller',
    async reconcile(key, signal) {
      const budget = cache.byKey(key) as DisruptionBudget | undefined;
      return budget && !isTerminating(budget) ? reconcileBudget({ cluster, events, clock, signal }, budget) : undefined;
    },
  });
  watchObjects(cache, loop);
  podCache.onChange(({ before, after }) => {
    for (const budget of cache.byIndex(
      'namespace',
      (after ?? before)?.metadata.namespace ?? '',
    ) as DisruptionBudget[]) {
      if ([before, after].some((pod) => pod && matchSelector(budget.spec.selector, pod.metadata.labels)))
        loop.add(keyOf(budget));
    }
  });
}

async function reconcileBudget(step: Step, budget: DisruptionBudget): Promise<undefined> {
  const chosen = selectByLabels(
    step.cluster.cache(pods),
    budget.metadata.namespace ?? '',
    budget.spec.selector ?? {},
  ).filter((pod) => !isPodFinished(pod));
  const counts = countBudget(budget, chosen, expectedPods(step, chosen));
  const isAllowed = counts.disruptionsAllowed > 0;
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status: isAllowed ? 'True' : 'False',
    reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: budget.metadata.generation ?? 0,
  };
  const conditions = upsertCondition(budget.status?.conditions ?? [], condition, step.clock.now());
  const status = { ...budget.status, ...counts, observedGeneration: budget.metadata.generation ?? 0, conditions };
  if (!deepEqual(status, budget.status ?? {}))
    await step.cluster.updateStatus(podDisruptionBudgets, { ...budget, status }, { signal: step.signal });
  return undefined;
}

/** What the controllers of the pods want to run. */
function expectedPods(step: Step, chosen: readonly Pod[]): number {
  const owners = new Map<string, number>();
  let alone = 0;
  for (const pod of chosen) {
    const owner = controllerOf(pod);
    const set =
      owner && (step.cluster.cache(replicaSets).byUid(owner.uid) ?? step.cluster.cache(statefulSets).byUid(owner.uid));
    if (set) owners.set(set.metadata.uid, set.spec.replicas ?? 1);
    else alone++;
  }
  return [...owners.values()].reduce((sum, replicas) => sum + replicas, alone);
}

export function countBudget(
  { spec }: Pick<DisruptionBudget, 'spec'>,
  chosen: readonly Pod[],
  byControllers: number,
): { currentHealthy: number; desiredHealthy: number; disruptionsAllowed: number; expectedPods: number } {
  const currentHealthy = chosen.filter((pod) => isPodReady(pod) && !isTerminating(pod)).length;
  const isPlain = typeof spec.minAvailable === 'number';
  const expected = isPlain ? chosen.length : byControllers;
  const desiredHealthy =
    spec.maxUnavailable === undefined
      ? resolveIntOrPercent(spec.minAvailable, expected, 'up')
      : Math.max(0, expected - resolveIntOrPercent(spec.maxUnavailable, expected, 'up'));
  const disruptionsAllowed = expected > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  return { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods: expected };
}
