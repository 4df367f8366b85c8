import { needsApply, parseSyncOptions, planSync } from '#core/engine';
import type { PlanInput, SyncPlan } from '#core/engine';
import type { Operation } from '#core/api';
import { annotations } from '#core/api';
import { formatResourceKey, gvkOf } from '#libs/kube';
import type { KubeObject, ResourceKey } from '#libs/kube';
import type { ApplicationSession } from '../application-session.ts';
import { refusalOf } from '../application-session.ts';
import { extraneousNodes } from '../compare/compare-application.ts';
import type { ResourceVerdict } from '../compare/resource-verdict.ts';
import type { Targets } from '../desired/desired-state.ts';

export interface PlanRequest {
  readonly id: string;
  readonly operation: Operation;
  readonly startedAt: string;
  readonly revision: string;
  readonly targets: Targets;
  readonly verdicts: ReadonlyMap<string, ResourceVerdict>;
}

/** The plan of an operation for what is live now. */
export async function planOperation(session: ApplicationSession, request: PlanRequest): Promise<SyncPlan> {
  const { operation, targets, verdicts } = request;
  const { sync = {} } = operation;
  const live = await readLive(session, targets);
  const strategy = sync.syncStrategy?.apply === undefined ? 'hook' : 'apply';
  const input: PlanInput = {
    operation: {
      id: request.id,
      revision: request.revision,
      startedAt: request.startedAt,
      prune: sync.prune === true,
      dryRun: sync.dryRun === true,
      strategy,
      force: sync.syncStrategy?.[strategy]?.force === true,
      ...(sync.resources === undefined || sync.resources.length === 0 ? {} : { resources: sync.resources }),
    },
    options: syncOptionsOf(operation),
    destinationNamespace: session.namespace,
    managedNamespaceMetadata: session.application.spec.syncPolicy?.managedNamespaceMetadata,
    targets: [...targets.byId.values()].map((target) => target.object),
    extraneous: extraneousNodes(session.cluster, session.instance, targets).flatMap(({ key, isSelfReference }) => {
      // A mark that a controller copied makes nothing ours to prune.
      if (!isSelfReference) return [];
      const object = session.cluster.index.object(key);
      return object === undefined || refusalOf(session, object, gvkOf(object)) !== undefined ? [] : [object];
    }),
    live: (key) => live.get(formatResourceKey(key)),
    isInSync: (key) => isInSync(verdicts.get(formatResourceKey(key))),
    kindFacts: (gvk) => {
      const resource = session.cluster.resource(gvk);
      return resource === undefined ? undefined : { isNamespaced: resource.namespaced };
    },
    refusal: (object) => refusalOf(session, object, gvkOf(object)),
    schemaOf: (gvk) => session.cluster.schema(gvk),
    rules: session.rules,
    ...migratedManagers(session),
  };
  return planSync(input);
}

/** Who asks for an operation says with which options: the application's own are put in by the asker (`compatibility.md` a.8). */
export function syncOptionsOf({ sync }: Operation) {
  return parseSyncOptions(sync?.syncOptions ?? []);
}

/** Who applied client-side before us; an annotation names another manager than kubectl. */
export function migratedManagers({ application }: Pick<ApplicationSession, 'application'>): {
  migratedManagers?: readonly string[];
} {
  const manager = application.metadata.annotations?.[annotations.clientSideApplyMigrationManager];
  const options = parseSyncOptions(application.spec.syncPolicy?.syncOptions ?? []);
  if (!options.clientSideApplyMigration) return { migratedManagers: [] };
  return manager === undefined ? {} : { migratedManagers: [manager] };
}

function isInSync(verdict: ResourceVerdict | undefined): boolean {
  return verdict !== undefined && verdict.isLive && !needsApply(verdict.comparison);
}

async function readLive(session: ApplicationSession, targets: Targets): Promise<ReadonlyMap<string, KubeObject>> {
  const { cluster, namespace, signal } = session;
  const found = new Map<string, KubeObject>();
  const read = async (key: ResourceKey, gvk: { group: string; version: string; kind: string }) => {
    const object = await cluster.live(key, gvk, signal);
    if (object !== undefined) found.set(formatResourceKey(key), object);
  };
  const destination = { group: '', kind: 'Namespace', namespace: '', name: namespace };
  await Promise.all([
    ...[...targets.byId.values()].map(({ key, gvk }) => (key.name === '' ? undefined : read(key, gvk))),
    namespace === '' ? undefined : read(destination, { group: '', version: 'v1', kind: 'Namespace' }),
  ]);
  for (const { key } of extraneousNodes(cluster, session.instance, targets)) {
    const object = cluster.index.object(key);
    if (object !== undefined) found.set(formatResourceKey(key), object);
  }
  return found;
}
