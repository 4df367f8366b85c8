import { canonicalJson } from '#base/hash';
import { deepEqual } from '#base/json';
import type { ControllerContext } from '../framework/context.ts';
import { matchSelector } from '../framework/match-selector.ts';
import type { LabelSelector, LiveObject } from '../kinds/live-object.ts';
import { compareText, keyOf } from '../kinds/live-object.ts';
import { clusterRoles } from '../kinds/resources.ts';

export interface ClusterRole extends LiveObject {
  rules?: unknown[] | null;
  aggregationRule?: { clusterRoleSelectors?: LabelSelector[] };
}

/** The rules of an aggregated role: those of all roles its selectors choose, by name, each rule once. */
export function aggregateRules(role: ClusterRole, all: readonly ClusterRole[]): unknown[] {
  const seen = new Set<string>();
  const rules: unknown[] = [];
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const chosen = all.filter(
      (other) => other.metadata.name !== role.metadata.name && matchSelector(selector, other.metadata.labels),
    );
    chosen.sort((a, b) => compareText(a.metadata.name, b.metadata.name));
    for (const rule of chosen.flatMap((other) => other.rules ?? [])) {
      const key = canonicalJson(rule);
      if (!seen.has(key)) rules.push(rule);
      seen.add(key);
    }
  }
  return rules;
}

/** Keeps the rules of aggregated ClusterRoles the union of those they select. */
export function startClusterRoleAggregation(context: ControllerContext): void {
  const { cluster } = context;
  const cache = cluster.cache(clusterRoles);
  cache.addIndex('aggregated', (role) => ((role as ClusterRole).aggregationRule ? ['yes'] : []));
  const loop = context.startLoop({
    name: 'clusterrole-aggregation',
    async reconcile(key, signal) {
      const role = cache.byKey(key);
      if (!role?.aggregationRule) return undefined;
      const rules = aggregateRules(role, cache.list());
      if (!deepEqual(rules, role.rules ?? [])) await cluster.update(clusterRoles, { ...role, rules }, { signal });
      return undefined;
    },
  });
  cache.onChange(() => {
    for (const role of cache.byIndex('aggregated', 'yes')) loop.add(keyOf(role));
  });
}
