import type { Application, ResourceStatus } from '#core/api';
import { Limiter } from '#base/limiter';
import { formatResourceKey, isNotFound } from '#libs/kube';
import type { KubeClient, KubeObject, ResourceKey } from '#libs/kube';

const parallelism = 16;

/** The key of a row of `status.resources`. */
export function keyOfRow({ group = '', kind = '', namespace = '', name = '' }: ResourceStatus): ResourceKey {
  return { group, kind, namespace, name };
}

/** The live objects of an application's resources by key; those that are gone are missing. */
export async function fetchLiveObjects(
  client: KubeClient,
  application: Application,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, KubeObject>> {
  const rows = (application.status?.resources ?? []).filter((row) => row.hook !== true);
  return fetchByKey(
    client,
    rows.map((row) => ({ ...keyOfRow(row), version: row.version })),
    signal,
  );
}

export interface WantedObject extends ResourceKey {
  /** The version to read it in; the preferred one when absent or not served. */
  readonly version?: string | undefined;
}

export async function fetchByKey(
  client: KubeClient,
  wanted: readonly WantedObject[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, KubeObject>> {
  const limiter = new Limiter(parallelism);
  const objects = await Promise.all(wanted.map((one) => limiter.run(() => fetchOne(client, one, signal))));
  const found = new Map<string, KubeObject>();
  for (const [index, object] of objects.entries()) {
    if (object) found.set(formatResourceKey(wanted[index] as WantedObject), object);
  }
  return found;
}

async function fetchOne(
  client: KubeClient,
  wanted: WantedObject,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const { group, kind, version, name, namespace } = wanted;
  const exact = version === undefined ? undefined : await client.discovery.find({ group, kind, version }, { signal });
  const type = exact ?? (await client.discovery.findPreferred({ group, kind }, { signal }));
  if (type === undefined) return undefined;
  try {
    return await client.get(type, name, { ...(type.namespaced ? { namespace } : {}), signal });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
