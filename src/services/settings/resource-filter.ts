import { matchGlob } from '#base/glob';
import type { GroupKind } from '#libs/kube';
import type { ApplicationSettings, ResourceFilterRule } from './application-settings.ts';
import { alwaysExcluded } from './default-settings.ts';

/** Whether a kind of a cluster is looked at: included (or no inclusions) and not excluded (`compatibility.md` f). */
export function isKindWatched(
  kind: GroupKind,
  cluster: string,
  { exclusions, inclusions }: Pick<ApplicationSettings, 'exclusions' | 'inclusions'>,
): boolean {
  const hits = (rule: ResourceFilterRule) => matchesRule(rule, kind, cluster);
  if (alwaysExcluded.some(hits) || exclusions.some(hits)) return false;
  return inclusions === undefined || inclusions.length === 0 || inclusions.some(hits);
}

function matchesRule(rule: ResourceFilterRule, { group, kind }: GroupKind, cluster: string): boolean {
  return matchesAny(rule.apiGroups, group) && matchesAny(rule.kinds, kind) && matchesAny(rule.clusters, cluster);
}

function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchGlob(pattern, text));
}
