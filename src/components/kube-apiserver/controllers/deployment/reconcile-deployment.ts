import { deepEqual } from '#base/json';
import { claimOwned } from '../framework/claim-owned.ts';
import { isEmptySelector } from '../framework/match-selector.ts';
import { findCondition, setCondition } from '../framework/set-condition.ts';
import { isTerminating, splitKey } from '../kinds/live-object.ts';
import { isPodFinished } from '../kinds/pod.ts';
import { deployments, pods, replicaSets } from '../kinds/resources.ts';
import type { Deployment, DeploymentStatus } from '../kinds/workloads.ts';
import {
  buildCondition,
  countStatus,
  decideRolloutStatus,
  isComplete,
  progressDeadline,
  progressDeadlineMs,
} from './decide-status.ts';
import type { Step } from '../framework/step.ts';
import type { OwnedSets } from './plan-scaling.ts';
import {
  isScalingEvent,
  planCleanup,
  planProportionalScaling,
  planRecreateDown,
  planRollingUpdate,
} from './plan-scaling.ts';
import { applyResizes } from './apply-resizes.ts';
import { findOwnedSets } from './build-replica-set.ts';
import { ensureNewSet } from './ensure-new-set.ts';
import { revisionOf, wantedReplicas } from './rollout-numbers.ts';

/** One step of a Deployment, from what the caches show. */
export async function reconcileDeployment(step: Step, key: string): Promise<number | undefined> {
  const { namespace, name } = splitKey(key);
  let deployment = step.cluster.cache(deployments).get(namespace, name);
  if (!deployment) return undefined;
  if (isEmptySelector(deployment.spec.selector)) {
    step.events.record(deployment, {
      type: 'Warning',
      reason: 'SelectingAll',
      message: 'This deployment is selecting all pods. A non-empty selector is required.',
    });
    return undefined;
  }
  const owned = await claimOwned(step.cluster, {
    owner: deployment,
    ownerResource: deployments,
    resource: replicaSets,
    signal: step.signal,
  });
  if (isTerminating(deployment))
    return writeStatus(step, deployment, countStatus(deployment, findOwnedSets(deployment, owned), step.clock.now()));

  deployment = await markPause(step, deployment);
  const sets = await ensureNewSet(step, deployment, owned, { create: false });
  if (deployment.spec.paused || isScalingEvent(deployment, sets)) return scale(step, deployment, sets);
  return deployment.spec.strategy?.type === 'Recreate'
    ? recreate(step, deployment, sets)
    : rollOut(step, deployment, sets);
}

async function scale(step: Step, current: Deployment, before: OwnedSets): Promise<number | undefined> {
  const deployment = latest(step, current);
  const sets = await applyResizes(step, deployment, before, planProportionalScaling(deployment, before));
  if (deployment.spec.paused) await cleanUp(step, deployment, sets);
  return writeStatus(step, deployment, countStatus(deployment, sets, step.clock.now()));
}

async function rollOut(step: Step, current: Deployment, before: OwnedSets): Promise<number | undefined> {
  const owned = before.newSet ? [before.newSet, ...before.oldSets] : before.oldSets;
  const created = before.newSet ? before : await ensureNewSet(step, latest(step, current), owned, { create: true });
  const deployment = latest(step, current);
  const sets = await applyResizes(step, deployment, created, planRollingUpdate(deployment, created));
  return finish(step, deployment, sets);
}

async function recreate(step: Step, current: Deployment, before: OwnedSets): Promise<number | undefined> {
  const down = planRecreateDown(before);
  if (down.length > 0) {
    const deployment = latest(step, current);
    const sets = await applyResizes(step, deployment, before, down);
    return writeRolloutStatus(step, deployment, sets);
  }
  if (hasOldPods(step, before)) return writeRolloutStatus(step, latest(step, current), before);
  const owned = before.newSet ? [before.newSet, ...before.oldSets] : before.oldSets;
  const created = before.newSet ? before : await ensureNewSet(step, latest(step, current), owned, { create: true });
  const deployment = latest(step, current);
  const up =
    created.newSet && wantedReplicas(created.newSet) !== wantedReplicas(deployment)
      ? [{ set: created.newSet, replicas: wantedReplicas(deployment) }]
      : [];
  return finish(step, deployment, await applyResizes(step, deployment, created, up));
}

/** The object as last written in this step, so that the next write carries its version. */
function latest(step: Step, deployment: Deployment): Deployment {
  const cached = step.cluster.cache(deployments).byUid(deployment.metadata.uid);
  return cached && cached.metadata.generation === deployment.metadata.generation ? cached : deployment;
}

function hasOldPods(step: Step, { oldSets }: OwnedSets): boolean {
  return oldSets.some((set) =>
    step.cluster
      .cache(pods)
      .byIndex('controller', set.metadata.uid)
      .some((pod) => !isPodFinished(pod)),
  );
}

async function finish(step: Step, deployment: Deployment, sets: OwnedSets): Promise<number | undefined> {
  if (isComplete(deployment, deployment.status ?? {})) await cleanUp(step, deployment, sets);
  return writeRolloutStatus(step, deployment, sets);
}

async function cleanUp(step: Step, deployment: Deployment, sets: OwnedSets): Promise<void> {
  for (const set of planCleanup(deployment, sets.oldSets, revisionOf))
    await step.cluster.delete(replicaSets, set, { signal: step.signal });
}

async function writeRolloutStatus(step: Step, deployment: Deployment, sets: OwnedSets): Promise<number | undefined> {
  const nowMs = step.clock.now();
  const status = decideRolloutStatus(deployment, sets, nowMs);
  await writeStatus(step, deployment, status);
  const deadline = isComplete(deployment, status) ? undefined : progressDeadline(deployment, status);
  if (deadline === undefined || findCondition(status.conditions, 'Progressing')?.reason === 'ProgressDeadlineExceeded')
    return undefined;
  // Conditions carry whole seconds: look once the deadline's second is over.
  return Math.max(0, deadline - nowMs) + 1000;
}

async function writeStatus(step: Step, deployment: Deployment, status: DeploymentStatus): Promise<undefined> {
  if (!deepEqual(deployment.status ?? {}, status))
    await step.cluster.updateStatus(deployments, { ...deployment, status });
  return undefined;
}

/** Notes pause and resume in Progressing, so that a paused rollout is never judged late. */
async function markPause(step: Step, deployment: Deployment): Promise<Deployment> {
  const conditions = deployment.status?.conditions ?? [];
  const current = findCondition(conditions, 'Progressing');
  if (progressDeadlineMs(deployment) === undefined || current?.reason === 'ProgressDeadlineExceeded') return deployment;
  const isMarked = current?.reason === 'DeploymentPaused';
  const isPaused = deployment.spec.paused === true;
  if (isMarked === isPaused) return deployment;
  const next = isPaused
    ? { reason: 'DeploymentPaused', message: 'Deployment is paused' }
    : { reason: 'DeploymentResumed', message: 'Deployment is resumed' };
  const condition = buildCondition('Progressing', 'Unknown', { ...next, nowMs: step.clock.now() });
  const status = { ...deployment.status, conditions: setCondition(conditions, condition) };
  return step.cluster.updateStatus(deployments, { ...deployment, status });
}
