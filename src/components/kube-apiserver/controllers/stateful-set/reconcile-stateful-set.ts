import { isAlreadyExists } from '#libs/kube';
import { toWindlassError } from '#base/errors';
import { deepEqual } from '#base/json';
import { claimOwned } from '../framework/claim-owned.ts';
import type { Step } from '../framework/step.ts';
import { isTerminating, splitKey } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { availableInMs } from '../kinds/pod.ts';
import { persistentVolumeClaims, pods, statefulSets } from '../kinds/resources.ts';
import type { ControllerRevision, StatefulSet } from '../kinds/workloads.ts';
import type { History } from '../revisions/controller-history.ts';
import { ensureHistory, trimHistory } from '../revisions/controller-history.ts';
import { buildClaims, buildStatefulPod, ordinalOf, plainReference } from './build-stateful-pod.ts';
import { decideStatefulSetStatus } from './decide-stateful-set-status.ts';
import type { StatefulAction, StatefulState } from './plan-stateful-set.ts';
import { planStatefulSet, podRevision } from './plan-stateful-set.ts';

export async function reconcileStatefulSet(step: Step, key: string): Promise<number | undefined> {
  const { namespace, name } = splitKey(key);
  const set = step.cluster.cache(statefulSets).get(namespace, name);
  if (!set) return undefined;
  await claimOwned(step.cluster, { owner: set, ownerResource: statefulSets, resource: pods, signal: step.signal });
  const history = await ensureHistory(step, set, { resource: statefulSets });
  const current =
    history.revisions.find((revision) => revision.metadata.name === set.status?.currentRevision) ?? history.update;
  if (!isTerminating(set)) {
    for (const action of planStatefulSet(readState(step, set, history, current)))
      await carryOut(step, set, action, { current, update: history.update });
  }
  const state = readState(step, set, history, current);
  const status = decideStatefulSetStatus(state);
  if (!deepEqual(status, set.status ?? {}))
    await step.cluster.updateStatus(statefulSets, { ...set, status }, { signal: step.signal });
  const inUse = new Set([...state.pods.map(podRevision), status.currentRevision, status.updateRevision]);
  if (!isTerminating(set)) await trimHistory(step, set, history, (revision) => inUse.has(revision.metadata.name));
  const waits = state.pods.flatMap((pod) => availableInMs(pod, set.spec.minReadySeconds ?? 0, state.nowMs) ?? []);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}

function readState(step: Step, set: StatefulSet, history: History, current: ControllerRevision): StatefulState {
  const owned = step.cluster.cache(pods).byIndex('controller', set.metadata.uid);
  return {
    set,
    pods: owned.filter((pod) => ordinalOf(set, pod.metadata.name) >= 0),
    currentRevision: current.metadata.name,
    updateRevision: history.update.metadata.name,
    nowMs: step.clock.now(),
  };
}

async function carryOut(
  step: Step,
  set: StatefulSet,
  action: StatefulAction,
  revisions: { readonly current: ControllerRevision; readonly update: ControllerRevision },
): Promise<void> {
  if (action.type === 'create') return createPod(step, set, action.ordinal, revisions[action.revision]);
  const { pod } = action;
  if (action.why === 'finished') {
    const { namespace = '', name } = set.metadata;
    const message = `StatefulSet ${namespace}/${name} is recreating failed Pod ${pod.metadata.name}`;
    step.events.record(set, { type: 'Warning', reason: 'RecreatingFailedPod', message });
  }
  if (action.why === 'scaleDown') await giveClaims(step, set, pod);
  await step.cluster.delete(pods, pod, { signal: step.signal });
  const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
  step.events.record(set, { type: 'Normal', reason: 'SuccessfulDelete', message });
}

/** With `whenScaled: Delete` the claims of a pod that is not wanted any more go with it. */
async function giveClaims(step: Step, set: StatefulSet, pod: Pod): Promise<void> {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return;
  for (const { metadata } of buildClaims(set, pod.metadata.name)) {
    const claim = step.cluster.cache(persistentVolumeClaims).get(set.metadata.namespace ?? '', metadata.name);
    if (!claim) continue;
    const { uid, resourceVersion, ownerReferences = [] } = claim.metadata;
    const body = { metadata: { uid, resourceVersion, ownerReferences: [...ownerReferences, plainReference(pod)] } };
    await step.cluster.patch(persistentVolumeClaims, claim, body, { signal: step.signal });
  }
}

async function createPod(step: Step, set: StatefulSet, ordinal: number, revision: ControllerRevision): Promise<void> {
  const draft = buildStatefulPod(set, ordinal, revision);
  const podName = draft.metadata.name ?? '';
  const claims = step.cluster.cache(persistentVolumeClaims);
  try {
    for (const claim of buildClaims(set, podName)) {
      if (claims.get(set.metadata.namespace ?? '', claim.metadata.name)) continue;
      await step.cluster.create(persistentVolumeClaims, claim, { signal: step.signal });
      const message = `create Claim ${claim.metadata.name} Pod ${podName} in StatefulSet ${set.metadata.name} success`;
      step.events.record(set, { type: 'Normal', reason: 'SuccessfulCreate', message });
    }
    await step.cluster.create(pods, draft, { signal: step.signal });
    const message = `create Pod ${podName} in StatefulSet ${set.metadata.name} successful`;
    step.events.record(set, { type: 'Normal', reason: 'SuccessfulCreate', message });
  } catch (error) {
    // The old pod of that name has been seen leaving before the server let it go.
    if (isAlreadyExists(error)) throw error;
    const message = `create Pod ${podName} in StatefulSet ${set.metadata.name} failed error: ${toWindlassError(error).message}`;
    step.events.record(set, { type: 'Warning', reason: 'FailedCreate', message });
    throw error;
  }
}
