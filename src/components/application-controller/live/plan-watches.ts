import type { ApiResource } from '#libs/kube';
import { isKindWatched } from '#services/settings';
import type { ApplicationSettings } from '#services/settings';

export interface WatchScope {
  readonly server: string;
  readonly namespaces: readonly string[];
  readonly clusterResources: boolean;
  readonly settings: Pick<ApplicationSettings, 'exclusions' | 'inclusions'>;
}

export interface PlannedWatch {
  readonly type: ApiResource;
  /** undefined: all namespaces, or a cluster-scoped kind. */
  readonly namespace: string | undefined;
}

/** Which kinds are watched where: each at its preferred version, in the namespaces that the cluster's Secret names. */
export function planWatches(
  resources: readonly ApiResource[],
  { server, namespaces, clusterResources, settings }: WatchScope,
): ReadonlyMap<string, PlannedWatch> {
  const planned = new Map<string, PlannedWatch>();
  const seen = new Set<string>();
  for (const type of resources) {
    const kind = `${type.group}/${type.kind}`;
    // Versions come in order of preference.
    if (seen.has(kind) || !type.verbs.includes('list') || !type.verbs.includes('watch')) continue;
    seen.add(kind);
    if (!isKindWatched(type, server, settings)) continue;
    const id = `${type.group}/${type.version}/${type.resource}`;
    if (namespaces.length === 0) planned.set(id, { type, namespace: undefined });
    else if (type.namespaced) {
      for (const namespace of namespaces) planned.set(`${id}/${namespace}`, { type, namespace });
    } else if (clusterResources) planned.set(id, { type, namespace: undefined });
  }
  return planned;
}
