import {
  assessHealth,
  compareResources,
  comparisonKey,
  countsForHealth,
  ownerInstanceOf,
  syncWaveOf,
} from '#core/engine';
import type { Comparison, CompareInput, CompareRules, JqPathFinder, NodeRecord, TrackingConfig } from '#core/engine';
import { formatResourceKey, gvkOf } from '#libs/kube';
import type { GroupVersionKind, KubeObject, ResourceKey } from '#libs/kube';
import type { Target, Targets } from '../desired/desired-state.ts';
import type { LiveCluster } from '../live/live-cluster.ts';
import type { ResourceVerdict } from './resource-verdict.ts';

export interface CompareRequest {
  readonly cluster: LiveCluster;
  readonly instance: string;
  readonly targets: Targets;
  readonly rules: CompareRules;
  readonly tracking: TrackingConfig;
  readonly jq: JqPathFinder | undefined;
  refusal(object: KubeObject, gvk: GroupVersionKind): string | undefined;
  readonly migratedManagers: readonly string[] | undefined;
  /** What was found before: verdicts with the same inputs are kept. Empty = from scratch. */
  readonly previous: ReadonlyMap<string, ResourceVerdict>;
  /** Only these resources; undefined = all. */
  readonly only?: ReadonlySet<string> | undefined;
  readonly signal: AbortSignal;
}

interface Pair {
  readonly id: string;
  readonly key: ResourceKey;
  readonly gvk: GroupVersionKind;
  readonly target: Target | undefined;
  readonly live: KubeObject | undefined;
}

/** The verdicts of an application's resources; what is not asked for, or has the same inputs as before, is taken over. */
export async function compareApplication(request: CompareRequest): Promise<ReadonlyMap<string, ResourceVerdict>> {
  const { cluster, targets, only, previous } = request;
  const pairs = await readPairs(request);
  const result = new Map<string, ResourceVerdict>();
  const open: { readonly pair: Pair; readonly cacheKey: string }[] = [];
  for (const pair of pairs) {
    const cacheKey = cacheKeyOf(pair, request);
    const known = previous.get(pair.id);
    if (known?.cacheKey === cacheKey) result.set(pair.id, known);
    else open.push({ pair, cacheKey });
  }
  const inputs = open.map(({ pair }) => inputOf(pair, request));
  const comparisons = await compareResources(inputs, request.jq);
  for (const [index, { pair, cacheKey }] of open.entries()) {
    result.set(pair.id, verdictOf(pair, comparisons[index] as Comparison, cacheKey, request));
  }
  if (only !== undefined) {
    for (const [id, verdict] of previous) {
      if (!only.has(id) && (targets.byId.has(id) || cluster.index.node(verdict.key))) result.set(id, verdict);
    }
  }
  return result;
}

async function readPairs({
  cluster,
  instance,
  targets,
  only,
  signal,
  ...rest
}: CompareRequest): Promise<readonly Pair[]> {
  const wanted = [...targets.byId].filter(([id]) => only === undefined || only.has(id));
  const pairs = await Promise.all(
    wanted.map(async ([id, target]): Promise<Pair> => {
      const { key, gvk } = target;
      return { id, key, gvk, target, live: key.name === '' ? undefined : await cluster.live(key, gvk, signal) };
    }),
  );
  for (const { key } of extraneousNodes(cluster, instance, targets)) {
    const id = formatResourceKey(key);
    if (only !== undefined && !only.has(id)) continue;
    const live = cluster.index.object(key);
    if (live === undefined || rest.refusal(live, gvkOf(live)) !== undefined) continue;
    pairs.push({ id, key, gvk: gvkOf(live), target: undefined, live });
  }
  return pairs;
}

/** Live objects that say they belong to the application and that no target names; what a controller made is not among them. */
export function extraneousNodes(cluster: LiveCluster, instance: string, targets: Targets): readonly NodeRecord[] {
  return cluster.index
    .managedBy(instance)
    .filter((node) => node.owners.length === 0 && !targets.byId.has(formatResourceKey(node.key)));
}

function cacheKeyOf({ target, live, gvk }: Pair, { rules, cluster }: CompareRequest): string {
  const key = comparisonKey({
    desiredHash: target?.hash ?? '',
    liveResourceVersion: `${live?.metadata.uid ?? ''}/${live?.metadata.resourceVersion ?? ''}`,
    rulesEpoch: rules.epoch,
  });
  // Objects that look alike without their kind's schema may not be.
  return `${key}/${cluster.schema(gvk) === undefined ? 'untyped' : 'typed'}`;
}

function inputOf({ target, live, gvk }: Pair, request: CompareRequest): CompareInput {
  const owner = live === undefined ? undefined : ownerInstanceOf(live, request.tracking);
  return {
    desired: target?.object,
    live,
    schema: request.cluster.schema(gvk),
    rules: request.rules,
    ...(owner === undefined ? {} : { isSelfReference: owner.isSelfReference }),
    ...(request.migratedManagers === undefined ? {} : { migratedManagers: request.migratedManagers }),
    ...(request.tracking.labelKey === undefined ? {} : { trackingLabel: request.tracking.labelKey }),
  };
}

/** A pair without either side is not made. */
const nothing: KubeObject = { apiVersion: '', kind: '', metadata: {} };

function verdictOf(pair: Pair, comparison: Comparison, cacheKey: string, request: CompareRequest): ResourceVerdict {
  const { id, key, gvk, target, live } = pair;
  const object = target?.object ?? live ?? nothing;
  const owner = live === undefined ? undefined : ownerInstanceOf(live, request.tracking)?.instance;
  return {
    id,
    key,
    gvk,
    comparison,
    isDesired: target !== undefined,
    isLive: live !== undefined,
    health: live === undefined ? undefined : assessHealth(live),
    countsForHealth: countsForHealth(live ?? object),
    wave: syncWaveOf(object),
    refusal: target === undefined ? undefined : request.refusal(object, gvk),
    otherOwner: target === undefined || owner === request.instance ? undefined : owner,
    cacheKey,
  };
}
