import { isAlreadyExists } from '#libs/kube';
import { deepEqual } from '#base/json';
import { findCondition, setCondition } from '../framework/set-condition.ts';
import type { Step } from '../framework/step.ts';
import { controllerOf } from '../kinds/live-object.ts';
import { deployments, replicaSets } from '../kinds/resources.ts';
import type { Deployment, ReplicaSet } from '../kinds/workloads.ts';
import type { ReplicaSetDraft } from './build-replica-set.ts';
import { buildNewSet, buildSetAnnotations, findOwnedSets, isSameTemplate } from './build-replica-set.ts';
import { buildCondition, progressDeadlineMs } from './decide-status.ts';
import type { OwnedSets } from './plan-scaling.ts';
import { revisionAnnotation, revisionOf } from './rollout-numbers.ts';

/** Finds the new ReplicaSet and brings its annotations up to date, or creates it when asked to. */
export async function ensureNewSet(
  step: Step,
  deployment: Deployment,
  owned: readonly ReplicaSet[],
  { create }: { readonly create: boolean },
): Promise<OwnedSets> {
  const sets = findOwnedSets(deployment, owned);
  const revision = Math.max(0, ...sets.oldSets.map(revisionOf)) + 1;
  if (sets.newSet) return { ...sets, newSet: await refreshSet(step, deployment, sets.newSet, revision) };
  if (!create) return sets;
  return { ...sets, newSet: await createSet(step, deployment, sets.oldSets, revision) };
}

async function refreshSet(step: Step, deployment: Deployment, set: ReplicaSet, revision: number): Promise<ReplicaSet> {
  const { signal } = step;
  const annotations = buildSetAnnotations(deployment, set.metadata.annotations ?? {}, revision);
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  const isStale =
    !deepEqual(annotations, set.metadata.annotations ?? {}) || (set.spec.minReadySeconds ?? 0) !== minReadySeconds;
  // One write per step: the deployment's own revision follows when the changed ReplicaSet comes back.
  if (isStale) {
    return step.cluster.update(
      replicaSets,
      { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, minReadySeconds } },
      { signal },
    );
  }
  const hasProgress = findCondition(deployment.status?.conditions, 'Progressing') !== undefined;
  const found = { reason: 'FoundNewReplicaSet', message: `Found new replica set "${set.metadata.name}"` };
  await noteRevision(step, deployment, annotations[revisionAnnotation] ?? '', hasProgress ? undefined : found);
  return set;
}
/** Revision and a new Progressing condition travel in one status write, as the real controller sends them. */
async function noteRevision(
  step: Step,
  deployment: Deployment,
  revision: string,
  progress: { reason: string; message: string } | undefined,
): Promise<void> {
  const conditions = deployment.status?.conditions ?? [];
  const isJudged = progressDeadlineMs(deployment) !== undefined;
  const next =
    progress && isJudged
      ? setCondition(conditions, buildCondition('Progressing', 'True', { ...progress, nowMs: step.clock.now() }))
      : conditions;
  const isRevisionNew = deployment.metadata.annotations?.[revisionAnnotation] !== revision;
  if (!isRevisionNew && deepEqual(next, conditions)) return;
  const metadata = {
    ...deployment.metadata,
    annotations: { ...deployment.metadata.annotations, [revisionAnnotation]: revision },
  };
  const status = next.length === 0 ? deployment.status : { ...deployment.status, conditions: next };
  await step.cluster.updateStatus(
    deployments,
    { ...deployment, metadata, ...(status ? { status } : {}) },
    { signal: step.signal },
  );
}

async function createSet(
  step: Step,
  deployment: Deployment,
  oldSets: readonly ReplicaSet[],
  revision: number,
): Promise<ReplicaSet> {
  const draft = buildNewSet(deployment, oldSets, revision);
  const replicas = draft.spec.replicas;
  let created: ReplicaSet;
  try {
    created = await step.cluster.create(replicaSets, draft, { signal: step.signal });
  } catch (error) {
    if (isAlreadyExists(error)) return resolveCollision(step, deployment, draft, error);
    await noteFailure(step, deployment, draft.metadata.name, error);
    throw error;
  }
  if (replicas > 0) {
    const message = `Scaled up replica set ${created.metadata.name} from 0 to ${replicas}`;
    step.events.record(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message });
  }
  const made = { reason: 'NewReplicaSetCreated', message: `Created new replica set "${created.metadata.name}"` };
  // A rollout that was just resumed goes on from there, as the real controller shows it.
  const isResumed = findCondition(deployment.status?.conditions, 'Progressing')?.reason === 'DeploymentResumed';
  await noteRevision(step, deployment, String(revision), isResumed ? undefined : made);
  return created;
}
/** The name is taken: by ourselves a moment ago, or by another template with the same hash; then the next hash is tried. */
async function resolveCollision(
  step: Step,
  deployment: Deployment,
  draft: ReplicaSetDraft,
  error: unknown,
): Promise<ReplicaSet> {
  const { namespace } = deployment.metadata;
  const taken = (await step.cluster.client.get(
    replicaSets,
    draft.metadata.name,
    namespace === undefined ? {} : { namespace },
  )) as ReplicaSet;
  if (
    controllerOf(taken)?.uid === deployment.metadata.uid &&
    isSameTemplate(taken.spec.template, deployment.spec.template)
  )
    return taken;
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
  await step.cluster.updateStatus(
    deployments,
    { ...deployment, status: { ...deployment.status, collisionCount } },
    { signal: step.signal },
  );
  throw error;
}

async function noteFailure(step: Step, deployment: Deployment, name: string, error: unknown): Promise<void> {
  if (progressDeadlineMs(deployment) === undefined) return;
  const why = error instanceof Error ? error.message : String(error);
  const message = `Failed to create new replica set "${name}": ${why}`;
  const condition = buildCondition('Progressing', 'False', {
    reason: 'ReplicaSetCreateError',
    message,
    nowMs: step.clock.now(),
  });
  const conditions = setCondition(deployment.status?.conditions ?? [], condition);
  if (deepEqual(conditions, deployment.status?.conditions ?? [])) return;
  await step.cluster.updateStatus(
    deployments,
    { ...deployment, status: { ...deployment.status, conditions } },
    { signal: step.signal },
  );
}
