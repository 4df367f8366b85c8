import { replicaSets } from '../kinds/resources.ts';
import type { Deployment, ReplicaSet } from '../kinds/workloads.ts';
import type { OwnedSets, Resize } from './plan-scaling.ts';
import { allSets } from './plan-scaling.ts';
import type { Step } from '../framework/step.ts';
import { desiredReplicasAnnotation, maxReplicasAnnotation, rolloutLimits, wantedReplicas } from './rollout-numbers.ts';

/** The annotations that tell a later step for which wanted number a ReplicaSet was sized. */
export function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const wanted = wantedReplicas(deployment);
  return {
    [desiredReplicasAnnotation]: String(wanted),
    [maxReplicasAnnotation]: String(wanted + rolloutLimits(deployment).maxSurge),
  };
}

/** Writes the new sizes and answers the ReplicaSets as the server then has them. */
export async function applyResizes(
  step: Step,
  deployment: Deployment,
  sets: OwnedSets,
  resizes: readonly Resize[],
): Promise<OwnedSets> {
  const written = new Map(allSets(sets).map((set) => [set.metadata.uid, set]));
  for (const { set, replicas } of resizes) {
    const next = await resize(step, deployment, { set: written.get(set.metadata.uid) ?? set, replicas });
    written.set(set.metadata.uid, next);
  }
  const fresh = (set: ReplicaSet) => written.get(set.metadata.uid) ?? set;
  return { newSet: sets.newSet && fresh(sets.newSet), oldSets: sets.oldSets.map(fresh) };
}

async function resize(step: Step, deployment: Deployment, { set, replicas }: Resize): Promise<ReplicaSet> {
  const notes = sizeAnnotations(deployment);
  const before = wantedReplicas(set);
  const isNoted = Object.entries(notes).every(([key, value]) => set.metadata.annotations?.[key] === value);
  if (before === replicas && isNoted) return set;
  const next = {
    ...set,
    metadata: { ...set.metadata, annotations: { ...set.metadata.annotations, ...notes } },
    spec: { ...set.spec, replicas },
  };
  const written = await step.cluster.update(replicaSets, next, { signal: step.signal });
  if (before !== replicas) {
    const direction = replicas > before ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${replicas}`;
    step.events.record(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message });
  }
  return written;
}
