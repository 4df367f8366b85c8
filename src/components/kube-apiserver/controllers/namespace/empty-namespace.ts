import type { ApiResource } from '#libs/kube';
import { isNotFound } from '#libs/kube';
import { Limiter } from '#base/limiter';
import type { Cluster } from '../framework/cluster.ts';
import { idOf } from '../framework/feeds.ts';
import type { LiveObject } from '../kinds/live-object.ts';
import { isTerminating } from '../kinds/live-object.ts';

/** What is still in a namespace after everything was asked to go. */
export interface Remainder {
  /** "pods." with how many of them. */
  readonly resources: ReadonlyMap<string, number>;
  /** Finalizers that hold objects back, with how many objects each. */
  readonly finalizers: ReadonlyMap<string, number>;
  readonly failures: readonly string[];
}

/** Deletes all objects of every namespaced kind in a namespace, and reports what is left. */
export async function emptyNamespace(cluster: Cluster, namespace: string, signal: AbortSignal): Promise<Remainder> {
  const resources = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const failures: string[] = [];
  const limiter = new Limiter(8);
  const kinds = await deletableKinds(cluster, signal);
  await Promise.all(
    kinds.map((kind) =>
      limiter.run(async () => {
        try {
          const left = await emptyKind(cluster, kind, { namespace, signal });
          if (left.length > 0) resources.set(`${kind.resource}.${kind.group}`, left.length);
          for (const name of left.flatMap(({ metadata }) => metadata.finalizers ?? []))
            finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
        } catch (error) {
          if (!isNotFound(error)) failures.push(error instanceof Error ? error.message : String(error));
        }
      }),
    ),
  );
  return { resources, finalizers, failures };
}

async function deletableKinds(cluster: Cluster, signal: AbortSignal): Promise<ApiResource[]> {
  const kinds = new Map<string, ApiResource>();
  for (const resource of await cluster.client.discovery.resources({ signal })) {
    const isDeletable = resource.namespaced && resource.verbs.includes('list') && resource.verbs.includes('delete');
    if (isDeletable && !kinds.has(idOf(resource))) kinds.set(idOf(resource), resource);
  }
  return [...kinds.values()];
}

async function emptyKind(
  cluster: Cluster,
  kind: ApiResource,
  { namespace, signal }: { namespace: string; signal: AbortSignal },
): Promise<LiveObject[]> {
  const list = async () =>
    (await cluster.client.list(kind, { namespace, metadataOnly: true, signal })).items as LiveObject[];
  const found = await list();
  const staying = found.filter((object) => !isTerminating(object));
  if (staying.length === 0) return found;
  for (const object of staying) await cluster.delete(kind, object, { signal });
  return list();
}
