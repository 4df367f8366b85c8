import type { AppProject } from '#core/api';

const labelWidth = 29;

/** Nothing, the one there is, or how many. */
export function countText(items: readonly string[], what: string): string {
  if (items.length === 0) return '<none>';
  return items.length === 1 ? (items[0] as string) : `${items.length} ${what}`;
}

export function orphanedText({ orphanedResources }: AppProject['spec']): string {
  if (orphanedResources === undefined) return 'disabled';
  const details = [
    `warn=${orphanedResources.warn !== false}`,
    ...(orphanedResources.ignore?.length ? [`ignored ${orphanedResources.ignore.length}`] : []),
  ];
  return `enabled (${details.join(', ')})`;
}

export interface ScopedToProject {
  readonly repositories: readonly string[];
  readonly clusters: readonly string[];
}

/** The block that `proj get` prints, as recorded. Pure. */
export function renderProject({ metadata, spec }: AppProject, scoped: ScopedToProject): string {
  const destinations = (spec.destinations ?? []).map(
    ({ server, name, namespace }) => `${server || name || ''},${namespace ?? ''}`,
  );
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['Destinations', destinations],
    ['Repositories', spec.sourceRepos ?? []],
    ['Source Namespaces', spec.sourceNamespaces ?? []],
    ['Scoped Repositories', scoped.repositories],
    ['Allowed Cluster Resources', (spec.clusterResourceWhitelist ?? []).map(kindText)],
    ['Scoped Clusters', scoped.clusters],
    ['Denied Namespaced Resources', (spec.namespaceResourceBlacklist ?? []).map(kindText)],
    ['Signature keys', (spec.signatureKeys ?? []).map(({ keyID }) => keyID)],
  ];
  const lines = [
    line('Name', metadata.name ?? ''),
    line('Description', spec.description ?? ''),
    ...lists.flatMap(([label, items]) => listLines(label, items)),
    line('Orphaned Resources', orphanedText(spec)),
  ];
  return `${lines.join('\n')}\n`;
}

function listLines(label: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [line(label, '<none>')];
  return items.map((item, index) => (index === 0 ? line(label, item) : `${' '.repeat(labelWidth)}${item}`));
}

function kindText({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return `${group}/${kind}`;
}

function line(label: string, text: string): string {
  return `${`${label}:`.padEnd(labelWidth)}${text}`.trimEnd();
}
