import { getPath } from '#base/json';
import type { CallOptions } from './client.ts';
import type { ApiResource, Discovery } from './discovery.ts';
import type { GroupKind, GroupVersionKind } from './objects.ts';

type Fetch = (path: string, accept: string, options?: CallOptions) => Promise<unknown>;

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

interface Snapshot {
  readonly resources: readonly ApiResource[];
  readonly byGvk: ReadonlyMap<string, ApiResource>;
  readonly preferred: ReadonlyMap<string, ApiResource>;
  readonly apiVersions: readonly string[];
  readonly failed: readonly { readonly group: string; readonly version: string; readonly message: string }[];
}

/** Discovery from the aggregated documents (two requests for everything a cluster serves), cached until invalidated. */
export function createDiscovery(fetch: Fetch): Discovery {
  let cached: Promise<Snapshot> | undefined;
  let last: Snapshot | undefined;

  const load = (options?: CallOptions): Promise<Snapshot> => {
    cached ??= fetchSnapshot(fetch, options).then(
      (snapshot) => (last = snapshot),
      (error: unknown) => {
        cached = undefined;
        throw error;
      },
    );
    return cached;
  };
  // Kinds that were not found, with the second look that was made for them: not asked for again until somebody invalidates.
  const secondLooks = new Map<string, Promise<Snapshot>>();
  const lookAgain = (key: string, seen: Promise<Snapshot>, options?: CallOptions): Promise<Snapshot> => {
    if (cached === seen) cached = undefined;
    const look = load(options);
    secondLooks.set(key, look);
    look.catch(() => secondLooks.delete(key));
    return look;
  };
  const lookUp = async (key: string, find: (snapshot: Snapshot) => ApiResource | undefined, options?: CallOptions) => {
    const isFirstLook = cached === undefined;
    const seen = load(options);
    const found = find(await seen);
    if (found) return found;
    if (isFirstLook && !secondLooks.has(key)) {
      secondLooks.set(key, seen);
      return undefined;
    }
    // It may have been installed since. Who asks while somebody looks again waits for that look.
    const again = find(await (secondLooks.get(key) ?? lookAgain(key, seen, options)));
    if (again) secondLooks.delete(key);
    return again;
  };

  return {
    resources: async (options) => (await load(options)).resources,
    failedGroups: () => last?.failed ?? [],
    find: (gvk, options) => lookUp(gvkKey(gvk), (snapshot) => snapshot.byGvk.get(gvkKey(gvk)), options),
    findPreferred: (kind, options) =>
      lookUp(kindKey(kind), (snapshot) => snapshot.preferred.get(kindKey(kind)), options),
    apiVersions: async (options) => (await load(options)).apiVersions,
    invalidate() {
      secondLooks.clear();
      cached = undefined;
    },
  };
}

async function fetchSnapshot(fetch: Fetch, options?: CallOptions): Promise<Snapshot> {
  const documents = await Promise.all([fetch('/api', aggregated, options), fetch('/apis', aggregated, options)]);
  const resources: ApiResource[] = [];
  const failed: { group: string; version: string; message: string }[] = [];
  const byGvk = new Map<string, ApiResource>();
  const preferred = new Map<string, ApiResource>();
  for (const group of documents.flatMap((document) => listOf(getPath(document, 'items')))) {
    const groupName = textOf(getPath(group, 'metadata', 'name'));
    for (const version of listOf(getPath(group, 'versions'))) {
      const versionName = String(getPath(version, 'version'));
      if (getPath(version, 'freshness') === 'Stale')
        failed.push({ group: groupName, version: versionName, message: 'The server behind this API does not answer.' });
      for (const resource of listOf(getPath(version, 'resources'))) {
        const entry = toResource(groupName, versionName, resource);
        resources.push(entry);
        byGvk.set(gvkKey(entry), entry);
        // Versions come in order of preference.
        if (!preferred.has(kindKey(entry))) preferred.set(kindKey(entry), entry);
      }
    }
  }
  return { resources, byGvk, preferred, apiVersions: apiVersionsOf(resources), failed };
}

function toResource(group: string, version: string, resource: unknown): ApiResource {
  const subresources = listOf(getPath(resource, 'subresources')).map((sub) => String(getPath(sub, 'subresource')));
  return {
    group,
    version,
    resource: String(getPath(resource, 'resource')),
    kind: textOf(getPath(resource, 'responseKind', 'kind')),
    namespaced: getPath(resource, 'scope') === 'Namespaced',
    verbs: listOf(getPath(resource, 'verbs')).map(String),
    shortNames: listOf(getPath(resource, 'shortNames')).map(String),
    singular: textOf(getPath(resource, 'singularResource')),
    categories: listOf(getPath(resource, 'categories')).map(String),
    subresources,
  };
}

function apiVersionsOf(resources: readonly ApiResource[]): string[] {
  const all = new Set<string>();
  for (const { group, version, kind } of resources) {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    all.add(apiVersion);
    all.add(`${apiVersion}/${kind}`);
  }
  return [...all].sort();
}

function gvkKey({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`;
}

function kindKey({ group, kind }: GroupKind): string {
  return `${group}/${kind}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
