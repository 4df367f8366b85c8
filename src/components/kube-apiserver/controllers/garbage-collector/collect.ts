import type { Cluster } from '../framework/cluster.ts';
import { isTerminating } from '../kinds/live-object.ts';
import type { Disposal } from './classify-owners.ts';
import {
  decideDisposal,
  foregroundFinalizer,
  hasFinalizer,
  isWaitingForDependents,
  orphanFinalizer,
  ownerState,
} from './classify-owners.ts';
import type { GraphNode, OwnershipGraph } from './ownership-graph.ts';

export interface CollectStep {
  readonly cluster: Cluster;
  readonly graph: OwnershipGraph;
  readonly signal: AbortSignal;
  /** Looks at another object soon. */
  readonly visit: (uid: string) => void;
}

/** Looks at one object: does it go with its owners, does it wait for its dependents, does it let them go? */
export async function collect(step: CollectStep, uid: string): Promise<undefined> {
  const node = step.graph.find(uid);
  if (!node) return undefined;
  if (isTerminating(node.object)) {
    if (hasFinalizer(node.object, orphanFinalizer)) await releaseDependents(step, node);
    else if (isWaitingForDependents(node.object)) await awaitDependents(step, node);
    return undefined;
  }
  const owners = [];
  for (const reference of node.object.metadata.ownerReferences ?? []) {
    owners.push({ reference, state: ownerState(await step.graph.findOwner(node.object, reference, step.signal)) });
  }
  await dispose(step, node, decideDisposal(node.object, owners, step.graph.dependentsOf(uid).length > 0));
  return undefined;
}

async function dispose(step: CollectStep, { resource, object }: GraphNode, disposal: Disposal): Promise<void> {
  if (disposal.type === 'keep') return;
  if (disposal.type === 'delete') {
    const { uid, resourceVersion } = object.metadata;
    return step.cluster.delete(resource, object, {
      propagationPolicy: disposal.policy,
      preconditions: { uid, resourceVersion },
      signal: step.signal,
    });
  }
  const gone = new Set(disposal.owners.map((reference) => reference.uid));
  await dropOwners(step, { resource, object }, gone);
}

async function dropOwners(
  step: CollectStep,
  { resource, object }: GraphNode,
  gone: ReadonlySet<string>,
): Promise<void> {
  const { uid, resourceVersion, ownerReferences = [] } = object.metadata;
  const rest = ownerReferences.filter((reference) => !gone.has(reference.uid));
  const body = { metadata: { uid, resourceVersion, ownerReferences: rest.length > 0 ? rest : null } };
  await step.cluster.patch(resource, object, body, { signal: step.signal });
}

/** Orphaning: dependents forget their owner, then the owner goes. */
async function releaseDependents(step: CollectStep, node: GraphNode): Promise<void> {
  const { uid } = node.object.metadata;
  for (const dependent of step.graph.dependentsOf(uid)) await dropOwners(step, dependent, new Set([uid]));
  await dropFinalizer(step, node, orphanFinalizer);
}

/** Foreground: the owner stays until nothing is left that blocks its deletion. */
async function awaitDependents(step: CollectStep, node: GraphNode): Promise<void> {
  const { uid } = node.object.metadata;
  for (const { object } of step.graph.dependentsOf(uid)) if (!isTerminating(object)) step.visit(object.metadata.uid);
  if (step.graph.blockingDependentsOf(uid).length === 0) await dropFinalizer(step, node, foregroundFinalizer);
}

async function dropFinalizer(step: CollectStep, { resource, object }: GraphNode, finalizer: string): Promise<void> {
  const { uid, resourceVersion, finalizers = [] } = object.metadata;
  const rest = finalizers.filter((name) => name !== finalizer);
  await step.cluster.patch(
    resource,
    object,
    { metadata: { uid, resourceVersion, finalizers: rest.length > 0 ? rest : null } },
    { signal: step.signal },
  );
}
