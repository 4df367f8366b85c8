import type { Application } from '#core/api';
import { ownerInstanceOf } from '#core/engine';
import { formatResourceKey, resourceKeyOf } from '#libs/kube';
import type { KubeClient, KubeObject } from '#libs/kube';
import type { ApplicationSettings } from '#services/settings';
import { keyOfRow } from './live-objects.ts';
import { listMembers } from './resource-tree.ts';

/** What every namespace has, and what only records what others do. */
function isAlwaysThere({ kind, metadata }: KubeObject): boolean {
  return (
    (kind === 'ServiceAccount' && metadata.name === 'default') ||
    (kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt') ||
    kind === 'Event' ||
    kind === 'Lease'
  );
}

/** Top-level objects of the destination namespace that no application claims. */
export async function fetchOrphans(
  client: KubeClient,
  application: Application,
  settings: ApplicationSettings,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const { namespace, server = '' } = application.spec.destination;
  if (namespace === undefined || namespace === '') return [];
  const own = new Set((application.status?.resources ?? []).map((row) => formatResourceKey(keyOfRow(row))));
  const members = await listMembers(client, [namespace], { settings, server, signal });
  return members.filter(
    (member) =>
      (member.metadata.ownerReferences ?? []).length === 0 &&
      !isAlwaysThere(member) &&
      ownerInstanceOf(member, settings.tracking) === undefined &&
      !own.has(formatResourceKey(resourceKeyOf(member))),
  );
}
