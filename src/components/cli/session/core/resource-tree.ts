import { Limiter } from '#base/limiter';
import type { Application } from '#core/api';
import { formatResourceKey, resourceKeyOf } from '#libs/kube';
import type { ApiResource, KubeClient, KubeObject } from '#libs/kube';
import { isKindWatched } from '#services/settings';
import type { ApplicationSettings } from '#services/settings';
import type { ResourceNode } from '../session.ts';
import { fetchByKey, fetchLiveObjects } from './live-objects.ts';
import { maskSecret } from './mask-secret.ts';

const parallelism = 16;

/** An application's live resources, and below each what it owns, as owner references say. */
export async function fetchResourceTree(
  client: KubeClient,
  application: Application,
  settings: ApplicationSettings,
  signal: AbortSignal,
): Promise<readonly ResourceNode[]> {
  const roots = await fetchLiveObjects(client, application, signal);
  const namespaces = new Set([...roots.values()].flatMap(({ metadata }) => metadata.namespace ?? []));
  const server = application.spec.destination.server ?? '';
  const members = await listMembers(client, [...namespaces], { settings, server, signal });
  const children = groupByOwner(members);
  const below = descendants([...roots.values()], children);
  const whole = await fetchByKey(client, below.map(resourceKeyOf), signal);
  return [...roots.values()].map((root) => buildNode(root, children, whole, new Set()));
}

export interface MemberQuery {
  readonly settings: ApplicationSettings;
  readonly server: string;
  readonly signal: AbortSignal;
}

/** Metadata of everything in some namespaces that can be listed and is not excluded. */
export async function listMembers(
  client: KubeClient,
  namespaces: readonly string[],
  { settings, server, signal }: MemberQuery,
): Promise<readonly KubeObject[]> {
  const types = preferredTypes(await client.discovery.resources({ signal })).filter(
    (type) => type.namespaced && type.verbs.includes('list') && isKindWatched(type, server, settings),
  );
  const limiter = new Limiter(parallelism);
  const lists = await Promise.all(
    namespaces.flatMap((namespace) =>
      types.map((type) => limiter.run(() => client.list(type, { namespace, metadataOnly: true, signal }))),
    ),
  );
  return lists.flatMap(({ items }) => items);
}

/** One endpoint per kind: discovery names the preferred version first. */
function preferredTypes(resources: readonly ApiResource[]): readonly ApiResource[] {
  const byKind = new Map<string, ApiResource>();
  for (const resource of resources) {
    const kind = `${resource.group}/${resource.kind}`;
    if (!byKind.has(kind)) byKind.set(kind, resource);
  }
  return [...byKind.values()];
}

function groupByOwner(members: readonly KubeObject[]): ReadonlyMap<string, readonly KubeObject[]> {
  const children = new Map<string, KubeObject[]>();
  for (const member of members) {
    for (const { uid } of member.metadata.ownerReferences ?? []) {
      const known = children.get(uid);
      if (known) known.push(member);
      else children.set(uid, [member]);
    }
  }
  return children;
}

function descendants(
  roots: readonly KubeObject[],
  children: ReadonlyMap<string, readonly KubeObject[]>,
): readonly KubeObject[] {
  const seen = new Map<string, KubeObject>();
  const queue = [...roots];
  for (const object of queue) {
    for (const child of children.get(object.metadata.uid ?? '') ?? []) {
      const uid = child.metadata.uid ?? '';
      if (seen.has(uid)) continue;
      seen.set(uid, child);
      queue.push(child);
    }
  }
  return [...seen.values()];
}

function buildNode(
  object: KubeObject,
  children: ReadonlyMap<string, readonly KubeObject[]>,
  whole: ReadonlyMap<string, KubeObject>,
  above: ReadonlySet<string>,
): ResourceNode {
  const uid = object.metadata.uid ?? '';
  const path = new Set([...above, uid]);
  const own = (children.get(uid) ?? []).filter((child) => !path.has(child.metadata.uid ?? ''));
  return {
    key: resourceKeyOf(object),
    uid,
    object: maskSecret(object),
    children: own
      .map((child) => whole.get(formatResourceKey(resourceKeyOf(child))) ?? child)
      .toSorted((a, b) => (formatResourceKey(resourceKeyOf(a)) < formatResourceKey(resourceKeyOf(b)) ? -1 : 1))
      .map((child) => buildNode(child, children, whole, path)),
  };
}
