import type { Limiter } from '#base/limiter';
import { decideNextStep, recordOutcome } from '#core/engine';
import type { NextStep, ResourceResult, Step, SyncPlan } from '#core/engine';
import { formatResourceKey } from '#libs/kube';
import type { KubeObject, ResourceKey } from '#libs/kube';
import type { Failpoint } from '../failpoint.ts';
import type { LiveCluster } from '../live/live-cluster.ts';
import { executeStep } from './execute-step.ts';
import { isMultiStep } from './is-multi-step.ts';

export interface PlanExecution {
  readonly plan: SyncPlan;
  readonly results: readonly ResourceResult[];
  readonly cluster: LiveCluster;
  readonly limiter: Limiter;
  readonly failpoint: Failpoint | undefined;
  readonly signal: AbortSignal;
  readonly isTerminating: boolean;
  readonly isPruneApproved: boolean;
  /** Makes rows durable; resolves when they are. */
  persist(results: readonly ResourceResult[], message: string): Promise<void>;
  /** Before every wave but the first. */
  pause(): Promise<void>;
}

export type PlanOutcome = Extract<NextStep, { type: 'wait' | 'done' }>;

/** Carries a plan on until it is done or must wait for something in the cluster. */
export async function executePlan(execution: PlanExecution): Promise<PlanOutcome> {
  const { plan, signal } = execution;
  const keepsRows = isMultiStep(plan) && !plan.isDryRun;
  let { results } = execution;
  let durable = results;
  const makeDurable = async (message: string) => {
    if (!keepsRows || durable === results) return;
    await execution.persist(results, message);
    durable = results;
  };
  for (;;) {
    signal.throwIfAborted();
    const live = await readLive(execution);
    const next = decideNextStep({
      plan,
      results,
      live: (key) => live.get(formatResourceKey(key)),
      isTerminating: execution.isTerminating,
      isPruneApproved: execution.isPruneApproved,
    });
    results = next.results;
    if (next.type === 'wait') {
      await makeDurable(next.message);
      return next;
    }
    if (next.type === 'done') {
      if (next.cleanup.length > 0) await makeDurable(next.message);
      for (const group of next.cleanup) await runGroup(group, live, execution);
      return next;
    }
    if (next.startsWave && results.length > 0) await execution.pause();
    // A hook that is let go may vanish: what it said is kept first. So is the end of a wave.
    if (next.startsWave || next.groups.flat().some(isHookRemoval)) await makeDurable(next.message);
    results = await runGroups(next.groups, results, live, execution);
  }
}

async function runGroups(
  groups: readonly (readonly Step[])[],
  before: readonly ResourceResult[],
  live: ReadonlyMap<string, KubeObject>,
  execution: PlanExecution,
): Promise<readonly ResourceResult[]> {
  let results = before;
  for (const group of groups) {
    const outcomes = await runGroup(group, live, execution);
    let hasFailed = false;
    for (const [index, step] of group.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined || (step.type !== 'apply' && step.type !== 'prune')) continue;
      results = recordOutcome(results, step.task, outcome);
      hasFailed ||= outcome.type === 'failed';
    }
    if (hasFailed) return results;
  }
  return results;
}

async function runGroup(group: readonly Step[], live: ReadonlyMap<string, KubeObject>, execution: PlanExecution) {
  const { cluster, limiter, failpoint, signal } = execution;
  const context = { cluster, failpoint, signal, live: (key: ResourceKey) => live.get(formatResourceKey(key)) };
  const settled = await Promise.allSettled(group.map((step) => limiter.run(() => executeStep(step, context))));
  const failure = settled.find((one) => one.status === 'rejected');
  if (failure) throw failure.reason;
  return settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
}

/** The live objects of all tasks: what the index does not hold whole is read once per change. */
async function readLive({ plan, cluster, signal }: PlanExecution): Promise<ReadonlyMap<string, KubeObject>> {
  const live = new Map<string, KubeObject>();
  await Promise.all(
    plan.tasks.map(async ({ key, version }) => {
      const object = await cluster.live(key, { ...key, version }, signal);
      if (object !== undefined) live.set(formatResourceKey(key), object);
    }),
  );
  return live;
}

function isHookRemoval(step: Step): boolean {
  return step.type === 'delete-hook' || step.type === 'release-hook';
}
