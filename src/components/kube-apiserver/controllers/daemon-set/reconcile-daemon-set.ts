import { toWindlassError } from '#base/errors';
import { deepEqual } from '#base/json';
import { claimOwned } from '../framework/claim-owned.ts';
import { isEmptySelector } from '../framework/match-selector.ts';
import { slowStart } from '../framework/slow-start.ts';
import type { Step } from '../framework/step.ts';
import { isTerminating, splitKey } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { availableInMs, isPodAvailable, isPodReady, podPhase } from '../kinds/pod.ts';
import { daemonSets, nodes, pods } from '../kinds/resources.ts';
import type { DaemonSet, DaemonSetStatus } from '../kinds/workloads.ts';
import { ensureHistory, revisionHash, revisionHashLabel, trimHistory } from '../revisions/controller-history.ts';
import { buildDaemonPod } from './build-daemon-pod.ts';
import type { DaemonState } from './plan-daemon-set.ts';
import { planDaemonSet, shouldRunOn, targetNode } from './plan-daemon-set.ts';

export async function reconcileDaemonSet(step: Step, key: string): Promise<number | undefined> {
  const { namespace, name } = splitKey(key);
  const set = step.cluster.cache(daemonSets).get(namespace, name);
  if (!set || isEmptySelector(set.spec.selector) || isTerminating(set)) return undefined;
  await claimOwned(step.cluster, { owner: set, ownerResource: daemonSets, resource: pods, signal: step.signal });
  const history = await ensureHistory(step, set, { resource: daemonSets, hashLabel: revisionHashLabel });
  const hash = revisionHash(history.update);
  await carryOut(step, set, readState(step, set, hash));
  const state = readState(step, set, hash);
  const status = decideDaemonSetStatus(state);
  if (!deepEqual(status, set.status ?? {}))
    await step.cluster.updateStatus(daemonSets, { ...set, status }, { signal: step.signal });
  const inUse = new Set(state.pods.map((pod) => pod.metadata.labels?.[revisionHashLabel]));
  await trimHistory(step, set, history, (revision) => inUse.has(revisionHash(revision)));
  const waits = state.pods.flatMap((pod) => availableInMs(pod, set.spec.minReadySeconds ?? 0, state.nowMs) ?? []);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}

function readState(step: Step, set: DaemonSet, hash: string): DaemonState {
  return {
    set,
    hash,
    nodes: step.cluster.cache(nodes).list(),
    pods: step.cluster.cache(pods).byIndex('controller', set.metadata.uid),
    nowMs: step.clock.now(),
  };
}

async function carryOut(step: Step, set: DaemonSet, state: DaemonState): Promise<void> {
  const plan = planDaemonSet(state);
  for (const pod of plan.delete) {
    if (podPhase(pod) === 'Failed') {
      const message = `Found failed daemon pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name} on node ${pod.spec.nodeName ?? ''}, will try to kill it`;
      step.events.record(set, { type: 'Warning', reason: 'FailedDaemonPod', message });
    }
    await step.cluster.delete(pods, pod, { signal: step.signal });
    step.events.record(set, {
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${pod.metadata.name}`,
    });
  }
  await slowStart(plan.create.length, async (n) => {
    try {
      const pod = await step.cluster.create(pods, buildDaemonPod(set, plan.create[n] ?? '', state.hash), {
        signal: step.signal,
      });
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
  });
}

/** Counts per node, by the oldest pod on each. */
function decideDaemonSetStatus(state: DaemonState): DaemonSetStatus {
  const { set, hash, nowMs } = state;
  const alive = state.pods.filter((pod) => podPhase(pod) !== 'Failed' && podPhase(pod) !== 'Succeeded');
  const on = (name: string): Pod[] => alive.filter((pod) => targetNode(pod) === name);
  const fitting = state.nodes.filter((node) => shouldRunOn(set, node)).map(({ metadata }) => on(metadata.name));
  const running = fitting.filter((here) => here.length > 0);
  const count = (holds: (pod: Pod) => boolean) =>
    running.filter((here) => here.some((pod) => !isTerminating(pod) && holds(pod))).length;
  const available = count((pod) => isPodReady(pod) && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs));
  const unavailable = fitting.length - available;
  const updated = count((pod) => pod.metadata.labels?.[revisionHashLabel] === hash);
  return {
    currentNumberScheduled: running.length,
    numberMisscheduled: state.nodes.filter((node) => !shouldRunOn(set, node) && on(node.metadata.name).length > 0)
      .length,
    desiredNumberScheduled: fitting.length,
    numberReady: count(isPodReady),
    observedGeneration: set.metadata.generation ?? 0,
    ...(updated > 0 ? { updatedNumberScheduled: updated } : {}),
    ...(available > 0 ? { numberAvailable: available } : {}),
    ...(unavailable > 0 ? { numberUnavailable: unavailable } : {}),
    ...(set.status?.collisionCount === undefined ? {} : { collisionCount: set.status.collisionCount }),
    ...(set.status?.conditions ? { conditions: set.status.conditions } : {}),
  };
}
