import type { Registry } from '../registry/registry.ts';
import type { ServedResource } from '../registry/served-resource.ts';

interface GroupVersions {
  readonly group: string;
  readonly versions: readonly string[];
}

/** Groups in the order in which the server prefers them, each with its versions, the preferred one first. */
function groupsOf(registry: Registry): readonly GroupVersions[] {
  const builtin = versionsByGroup(registry.builtin());
  const custom = versionsByGroup(registry.custom().filter(({ verbs }) => verbs.length > 0));
  const groups = [...builtin].map(([group, versions]) => ({ group, versions: [...versions] }));
  const others = [...custom].filter(([group]) => !builtin.has(group)).sort(([a], [b]) => (a < b ? -1 : 1));
  return [...groups, ...others.map(([group, versions]) => ({ group, versions: [...versions].sort(compareVersions) }))];
}

function versionsByGroup(resources: readonly ServedResource[]): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { group, version } of resources) {
    const versions = groups.get(group) ?? new Set<string>();
    versions.add(version);
    groups.set(group, versions);
  }
  return groups;
}

/** Kubernetes' order of versions: stable before beta before alpha, higher before lower, others last by name. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)];
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : 1;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return (right[i] as number) - (left[i] as number);
  return 0;
}

function rank(version: string): readonly number[] | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return undefined;
  const stability = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return [stability, Number(match[1]), Number(match[3] ?? 0)];
}

function resourcesOf(registry: Registry, group: string, version: string): readonly ServedResource[] {
  return registry.all().filter((one) => one.group === group && one.version === version && one.verbs.length > 0);
}

export function aggregatedDiscovery(registry: Registry, part: 'core' | 'groups'): unknown {
  const items = groupsOf(registry)
    .filter(({ group }) => (group === '') === (part === 'core'))
    .map(({ group, versions }) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map((version) => ({
        version,
        resources: resourcesOf(registry, group, version).map(discovered),
        freshness: 'Current',
      })),
    }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function discovered(resource: ServedResource): unknown {
  const { singular, verbs, shortNames, categories, subresources } = resource;
  const kindOf = ({ group, version, kind }: { group: string; version: string; kind: string }) =>
    group === resource.group && version === resource.version && resource.builtin
      ? { group: '', version: '', kind }
      : { group, version, kind };
  return {
    resource: resource.resource,
    responseKind: kindOf(resource),
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(subresources.length > 0
      ? {
          subresources: subresources.map(({ name, kind, verbs: own }) => ({
            subresource: name,
            responseKind: kindOf(kind),
            verbs: own,
          })),
        }
      : {}),
  };
}

export function groupList(registry: Registry): unknown {
  const groups = groupsOf(registry).filter(({ group }) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupEntry) };
}

export function singleGroup(registry: Registry, group: string): unknown {
  const found = groupsOf(registry).find((one) => one.group === group);
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(found ?? { group, versions: [] }) };
}

function groupEntry({ group, versions }: GroupVersions): Record<string, unknown> {
  const entries = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: entries, preferredVersion: entries[0] };
}

export function resourceList(registry: Registry, { group, version }: { group: string; version: string }): unknown {
  const resources = resourcesOf(registry, group, version).flatMap((resource) => [
    mainEntry(resource),
    ...partEntries(resource),
  ]);
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion, resources };
}

function mainEntry({
  resource,
  singular,
  namespaced,
  kind,
  verbs,
  shortNames,
  categories,
}: ServedResource): Record<string, unknown> {
  return {
    name: resource,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
  };
}

function partEntries({
  resource,
  namespaced,
  group,
  version,
  subresources,
}: ServedResource): readonly Record<string, unknown>[] {
  return subresources.map(({ name, kind, verbs }) => ({
    name: `${resource}/${name}`,
    singularName: '',
    namespaced,
    ...(kind.group === group && kind.version === version ? {} : { group: kind.group, version: kind.version }),
    kind: kind.kind,
    verbs,
  }));
}
