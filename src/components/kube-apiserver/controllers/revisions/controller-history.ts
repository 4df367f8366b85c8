import type { KubeObject } from '#libs/kube';
import { isAlreadyExists } from '#libs/kube';
import { canonicalJson } from '#base/hash';
import { hashTemplate } from '../framework/hash-template.ts';
import { claimOwned } from '../framework/claim-owned.ts';
import type { Step } from '../framework/step.ts';
import type { LabelSelector, LiveObject, Resource } from '../kinds/live-object.ts';
import { compareText, controllerReference } from '../kinds/live-object.ts';
import type { PodTemplate } from '../kinds/pod.ts';
import { controllerRevisions } from '../kinds/resources.ts';
import type { ControllerRevision } from '../kinds/workloads.ts';

export const revisionHashLabel = 'controller-revision-hash';
const historyHashLabel = 'controller.kubernetes.io/hash';

interface RevisionedOwner extends LiveObject {
  spec: { selector: LabelSelector; template: PodTemplate; revisionHistoryLimit?: number };
  status?: { collisionCount?: number };
}

export interface History {
  /** Oldest first. */
  readonly revisions: readonly ControllerRevision[];
  /** The one of the present template. */
  readonly update: ControllerRevision;
}

/** The template as a strategic patch, which is what a rollback applies. */
function buildRevisionData(template: PodTemplate): unknown {
  return { spec: { template: { ...template, $patch: 'replace' } } };
}

export function revisionHash(revision: ControllerRevision): string {
  return revision.metadata.labels?.[historyHashLabel] ?? revision.metadata.labels?.[revisionHashLabel] ?? '';
}

function compareRevisions(a: ControllerRevision, b: ControllerRevision): number {
  return a.revision - b.revision || compareText(a.metadata.name, b.metadata.name);
}

/** Finds or makes the revision of the owner's present template; a template that comes back gets the newest number. */
export async function ensureHistory(
  step: Step,
  owner: RevisionedOwner,
  { resource, hashLabel = historyHashLabel }: { readonly resource: Resource; readonly hashLabel?: string },
): Promise<History> {
  const owned = await claimOwned(step.cluster, {
    owner,
    ownerResource: resource,
    resource: controllerRevisions,
    signal: step.signal,
  });
  const revisions = owned.sort(compareRevisions);
  const data = buildRevisionData(owner.spec.template);
  const canonical = canonicalJson(data);
  const newest = revisions.at(-1);
  const equal = revisions.findLast((revision) => canonicalJson(revision.data) === canonical);
  if (equal && equal === newest) return { revisions, update: equal };
  const next = (newest?.revision ?? 0) + 1;
  if (equal) {
    const update = await step.cluster.update(
      controllerRevisions,
      { ...equal, revision: next },
      { signal: step.signal },
    );
    return { revisions: [...revisions.filter((revision) => revision !== equal), update], update };
  }
  const update = await createRevision(step, owner, { data, revision: next, hashLabel });
  return { revisions: [...revisions, update], update };
}

async function createRevision(
  step: Step,
  owner: RevisionedOwner,
  made: { data: unknown; revision: number; hashLabel: string },
): Promise<ControllerRevision> {
  for (let collisions = owner.status?.collisionCount ?? 0; ; collisions++) {
    const draft = buildRevision(owner, made, hashTemplate(made.data, collisions));
    try {
      return await step.cluster.create(controllerRevisions, draft, { signal: step.signal });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const { name, namespace } = draft.metadata;
      const taken = (await step.cluster.client.get(
        controllerRevisions,
        name,
        namespace === undefined ? {} : { namespace },
      )) as ControllerRevision;
      if (canonicalJson(taken.data) === canonicalJson(made.data)) return taken;
    }
  }
}

function buildRevision(
  owner: RevisionedOwner,
  { data, revision, hashLabel }: { data: unknown; revision: number; hashLabel: string },
  hash: string,
): KubeObject & { metadata: { name: string } } {
  const { namespace, annotations } = owner.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${owner.metadata.name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...owner.spec.template.metadata?.labels, [hashLabel]: hash },
      ...(annotations ? { annotations: { ...annotations } } : {}),
      ownerReferences: [controllerReference(owner)],
    },
    data,
    revision,
  };
}

/** Deletes the oldest revisions beyond the owner's limit that nothing uses. */
export async function trimHistory(
  step: Step,
  owner: RevisionedOwner,
  history: History,
  isLive: (revision: ControllerRevision) => boolean,
): Promise<void> {
  const idle = history.revisions
    .filter((revision) => revision !== history.update && !isLive(revision))
    .sort(compareRevisions);
  const excess = idle.length - (owner.spec.revisionHistoryLimit ?? 10);
  for (const revision of idle.slice(0, Math.max(0, excess)))
    await step.cluster.delete(controllerRevisions, revision, { signal: step.signal });
}
