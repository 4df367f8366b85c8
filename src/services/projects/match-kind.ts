import { matchGlob } from '#base/glob';
import type { AppProjectSpec, GroupKindName } from '#core/api';
import type { GroupKind } from '#libs/kube';

export interface ProjectKind extends GroupKind {
  readonly isNamespaced: boolean;
  /** The object's name: cluster-scoped lists may name objects. */
  readonly name?: string | undefined;
}

type Lists = Pick<
  AppProjectSpec,
  'clusterResourceWhitelist' | 'clusterResourceBlacklist' | 'namespaceResourceWhitelist' | 'namespaceResourceBlacklist'
>;

/** Whether a project permits a kind (`compatibility.md` b.2): namespaced kinds unless listed, cluster-scoped ones only if listed. */
export function matchKind(project: Lists, kind: ProjectKind): boolean {
  const isIn = (list: readonly GroupKindName[] | undefined) => (list ?? []).some((item) => matchesItem(item, kind));
  if (kind.isNamespaced) {
    const allowed = project.namespaceResourceWhitelist;
    return (allowed === undefined || isIn(allowed)) && !isIn(project.namespaceResourceBlacklist);
  }
  return isIn(project.clusterResourceWhitelist) && !isIn(project.clusterResourceBlacklist);
}

/** Kinds and groups hold no separator, so that `filepath.Match` and a glob agree. */
function matchesItem(item: GroupKindName, { group, kind, name }: ProjectKind): boolean {
  return (
    matchGlob(item.group, group, '/') &&
    matchGlob(item.kind, kind, '/') &&
    (item.name === undefined || item.name === '' || (name !== undefined && matchGlob(item.name, name, '/')))
  );
}
