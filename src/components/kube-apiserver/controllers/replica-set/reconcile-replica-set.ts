import { deepEqual } from '#base/json';
import { toWindlassError } from '#base/errors';
import { buildPod } from '../framework/build-pod.ts';
import { claimOwned } from '../framework/claim-owned.ts';
import { slowStart } from '../framework/slow-start.ts';
import type { Step } from '../framework/step.ts';
import { controllerOf, isTerminating, splitKey } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { availableInMs, isPodActive } from '../kinds/pod.ts';
import { pods, replicaSets } from '../kinds/resources.ts';
import type { ReplicaSet } from '../kinds/workloads.ts';
import type { ReplicaFailure } from './decide-replica-set-status.ts';
import { decideReplicaSetStatus } from './decide-replica-set-status.ts';
import { rankPods } from './rank-pods.ts';

/** At most this many pods are created or deleted in one step. */
const burst = 500;

export async function reconcileReplicaSet(step: Step, key: string): Promise<number | undefined> {
  const { namespace, name } = splitKey(key);
  const set = step.cluster.cache(replicaSets).get(namespace, name);
  if (!set) return undefined;
  const owned = await claimOwned(step.cluster, {
    owner: set,
    ownerResource: replicaSets,
    resource: pods,
    signal: step.signal,
  });
  let failure: { readonly reason: ReplicaFailure; readonly error: unknown } | undefined;
  if (!isTerminating(set)) failure = await matchCount(step, set, owned.filter(isPodActive));

  const nowMs = step.clock.now();
  const current = step.cluster.cache(pods).byIndex('controller', set.metadata.uid);
  const status = decideReplicaSetStatus(set, current, failure?.reason, nowMs);
  if (!deepEqual(status, set.status ?? {}))
    await step.cluster.updateStatus(replicaSets, { ...set, status }, { signal: step.signal });
  if (failure) throw failure.error;
  const waits = current.flatMap((pod) => availableInMs(pod, set.spec.minReadySeconds ?? 0, nowMs) ?? []);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}

async function matchCount(
  step: Step,
  set: ReplicaSet,
  active: readonly Pod[],
): Promise<{ reason: ReplicaFailure; error: unknown } | undefined> {
  const missing = (set.spec.replicas ?? 1) - active.length;
  const reason = missing > 0 ? 'FailedCreate' : 'FailedDelete';
  try {
    if (missing > 0) await slowStart(Math.min(missing, burst), () => createPod(step, set));
    else if (missing < 0) await deletePods(step, set, active, Math.min(-missing, burst));
    return undefined;
  } catch (error) {
    return { reason: { reason, message: toWindlassError(error).message }, error };
  }
}

async function createPod(step: Step, set: ReplicaSet): Promise<void> {
  try {
    const pod = await step.cluster.create(pods, buildPod(set, set.spec.template), { signal: step.signal });
    step.events.record(set, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${pod.metadata.name}`,
    });
  } catch (error) {
    step.events.record(set, {
      type: 'Warning',
      reason: 'FailedCreate',
      message: `Error creating: ${toWindlassError(error).message}`,
    });
    throw error;
  }
}

async function deletePods(step: Step, set: ReplicaSet, active: readonly Pod[], count: number): Promise<void> {
  const doomed = rankPods(active, countNeighbours(step, set), step.clock.now()).slice(0, count);
  const results = await Promise.allSettled(
    doomed.map(async (pod) => {
      await step.cluster.delete(pods, pod, { signal: step.signal });
      step.events.record(set, {
        type: 'Normal',
        reason: 'SuccessfulDelete',
        message: `Deleted pod: ${pod.metadata.name}`,
      });
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Active pods per node of all ReplicaSets with the same owner: a crowded node gives up its pods first. */
function countNeighbours(step: Step, set: ReplicaSet): ReadonlyMap<string, number> {
  const owner = controllerOf(set);
  const siblings = owner ? step.cluster.cache(replicaSets).byIndex('controller', owner.uid) : [set];
  const counts = new Map<string, number>();
  for (const sibling of siblings) {
    for (const pod of step.cluster.cache(pods).byIndex('controller', sibling.metadata.uid)) {
      if (!isPodActive(pod)) continue;
      const node = pod.spec.nodeName ?? '';
      counts.set(node, (counts.get(node) ?? 0) + 1);
    }
  }
  return counts;
}
