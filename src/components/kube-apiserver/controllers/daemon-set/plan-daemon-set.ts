import { resolveIntOrPercent } from '../framework/resolve-int-or-percent.ts';
import type { LiveObject } from '../kinds/live-object.ts';
import { compareCreation, isTerminating } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { isPodAvailable, podPhase } from '../kinds/pod.ts';
import type { DaemonSet } from '../kinds/workloads.ts';
import { revisionHashLabel } from '../revisions/controller-history.ts';

export interface DaemonState {
  readonly set: DaemonSet;
  readonly nodes: readonly LiveObject[];
  readonly pods: readonly Pod[];
  /** Hash of the present template's revision. */
  readonly hash: string;
  readonly nowMs: number;
}

export interface DaemonPlan {
  /** Names of nodes that get a pod. */
  readonly create: readonly string[];
  readonly delete: readonly Pod[];
}

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** The node that a pod of the set is meant for: where it runs, or the one its affinity names. */
export function targetNode(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const affinity = pod.spec.affinity as
    | {
        nodeAffinity?: {
          requiredDuringSchedulingIgnoredDuringExecution?: {
            nodeSelectorTerms?: { matchFields?: { key: string; values?: string[] }[] }[];
          };
        };
      }
    | undefined;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.flatMap(({ matchFields = [] }) => matchFields).find(({ key }) => key === 'metadata.name')?.values?.[0];
}

/** Whether a node should run a pod of the set: its selector fits and hard taints are tolerated. */
export function shouldRunOn(set: DaemonSet, node: LiveObject): boolean {
  const { nodeSelector = {}, tolerations = [] } = set.spec.template.spec;
  const labels = node.metadata.labels ?? {};
  if (!Object.entries(nodeSelector).every(([key, value]) => labels[key] === value)) return false;
  const taints = (node['spec'] as { taints?: Taint[] } | undefined)?.taints ?? [];
  return taints
    .filter(({ effect, key }) => effect !== 'PreferNoSchedule' && !key.startsWith('node.kubernetes.io/'))
    .every((taint) => tolerations.some((toleration) => tolerates(toleration, taint)));
}

function tolerates(toleration: Readonly<Record<string, unknown>>, taint: Taint): boolean {
  const { key, operator = 'Equal', value, effect } = toleration;
  if (effect !== undefined && effect !== taint.effect) return false;
  if (operator === 'Exists') return key === undefined || key === taint.key;
  return key === taint.key && (value ?? '') === (taint.value ?? '');
}

/** One pod on every fitting node, replaced within the limits of the update strategy. */
export function planDaemonSet(state: DaemonState): DaemonPlan {
  const byNode = groupByNode(state);
  const create: string[] = [];
  const doomed = new Set<Pod>();
  const fitting = state.nodes.filter((node) => shouldRunOn(state.set, node));
  for (const node of fitting) {
    const here = byNode.get(node.metadata.name) ?? [];
    const failed = here.filter((pod) => podPhase(pod) === 'Failed' || podPhase(pod) === 'Succeeded');
    for (const pod of failed) if (!isTerminating(pod)) doomed.add(pod);
    const alive = here.filter((pod) => !failed.includes(pod));
    if (alive.length === 0 && failed.length === 0) create.push(node.metadata.name);
    for (const pod of surplus(state, alive)) doomed.add(pod);
  }
  const names = new Set(fitting.map(({ metadata }) => metadata.name));
  for (const [name, pods] of byNode)
    if (!names.has(name)) for (const pod of pods) if (!isTerminating(pod)) doomed.add(pod);
  const update = planUpdate(state, fitting, byNode);
  for (const pod of update.delete) doomed.add(pod);
  return { create: [...create, ...update.create], delete: [...doomed] };
}

function groupByNode({ pods }: DaemonState): Map<string, Pod[]> {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const name = targetNode(pod) ?? '';
    byNode.set(name, [...(byNode.get(name) ?? []), pod]);
  }
  return byNode;
}

function surgeLimit({ set }: DaemonState, total: number): number {
  return resolveIntOrPercent(set.spec.updateStrategy?.rollingUpdate?.maxSurge, total, 'up');
}

function unavailableLimit(state: DaemonState, total: number): number {
  const limit = resolveIntOrPercent(state.set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, total, 'up');
  return limit === 0 && surgeLimit(state, total) === 0 ? 1 : limit;
}

/** More than one pod on a node: the oldest of each revision stays; while surging, one old and one new may live together. */
function surplus(state: DaemonState, alive: readonly Pod[]): Pod[] {
  const staying = alive.filter((pod) => !isTerminating(pod)).sort(compareCreation);
  const isSurging = surgeLimit(state, 1) > 0;
  const kept = isSurging
    ? [staying.find((pod) => isNew(state, pod)), staying.find((pod) => !isNew(state, pod))]
    : staying.slice(0, 1);
  return staying.filter((pod) => !kept.includes(pod));
}

function isNew({ hash }: DaemonState, pod: Pod): boolean {
  return pod.metadata.labels?.[revisionHashLabel] === hash;
}

function planUpdate(
  state: DaemonState,
  nodes: readonly LiveObject[],
  byNode: ReadonlyMap<string, readonly Pod[]>,
): DaemonPlan {
  if (state.set.spec.updateStrategy?.type === 'OnDelete') return { create: [], delete: [] };
  const surge = surgeLimit(state, nodes.length);
  const minReadySeconds = state.set.spec.minReadySeconds ?? 0;
  const isAvailable = (pod: Pod | undefined) =>
    pod !== undefined && !isTerminating(pod) && isPodAvailable(pod, minReadySeconds, state.nowMs);
  const pairs = nodes.map((node) => {
    const pods = (byNode.get(node.metadata.name) ?? []).filter((pod) => !isTerminating(pod));
    return {
      name: node.metadata.name,
      fresh: pods.find((pod) => isNew(state, pod)),
      old: pods.find((pod) => !isNew(state, pod)),
    };
  });
  const outdated = pairs.filter(({ old }) => old !== undefined);
  if (surge > 0) {
    const replaced = outdated.filter(({ fresh }) => isAvailable(fresh));
    const surging = outdated.filter(({ fresh }) => fresh !== undefined && !isAvailable(fresh)).length;
    const waiting = outdated.filter(({ fresh }) => fresh === undefined);
    return {
      create: waiting.slice(0, Math.max(0, surge - surging)).map(({ name }) => name),
      delete: replaced.flatMap(({ old }) => old ?? []),
    };
  }
  const useless = outdated.filter(({ old }) => !isAvailable(old));
  const unavailable = pairs.filter(({ fresh, old }) => !isAvailable(fresh) && !isAvailable(old)).length;
  const room = Math.max(0, unavailableLimit(state, nodes.length) - unavailable);
  const working = outdated.filter(({ old }) => isAvailable(old)).slice(0, room);
  return { create: [], delete: [...useless, ...working].flatMap(({ old }) => old ?? []) };
}
