import { compileGlob } from '#base/glob';
import { hashJson } from '#base/hash';
import type { KubeObject } from '#libs/kube';
import { parseApiVersion } from '#libs/kube';
import { isCustomResourceDefinition } from '../kinds.ts';
import type { CompareRules, CompareSettings, IgnoreRule, ObjectRules, PathPattern } from './ignore-rule.ts';
import { parseJsonPointer } from './parse-json-pointer.ts';
import { parsePathExpression } from './parse-path-expression.ts';

/**
 * Compiles `ignoreDifferences` of an application and of the system (`compatibility.md` f). Pointers and plain paths need no jq; what
 * does is named in `ObjectRules.jq`. A rule that cannot be understood is left out and reported in `problems`.
 */
export function prepareIgnoreRules(rules: readonly IgnoreRule[], settings: CompareSettings = {}): CompareRules {
  const problems: string[] = [];
  const prepared = rules.map((rule) => prepareRule(rule, problems));
  return Object.freeze({
    epoch: hashJson([rules, settings]),
    problems,
    forObject: (object: KubeObject) => rulesOf(object, prepared, settings),
  });
}

export const noRules: ObjectRules = Object.freeze({
  patterns: [],
  jq: [],
  trustedManagers: new Set<string>(),
  isEmpty: true,
});

interface PreparedRule {
  readonly matches: (object: KubeObject) => boolean;
  readonly patterns: readonly PathPattern[];
  readonly jq: readonly string[];
  readonly managers: readonly string[];
}

function prepareRule(rule: IgnoreRule, problems: string[]): PreparedRule {
  const patterns: PathPattern[] = [];
  const jq: string[] = [];
  for (const pointer of rule.jsonPointers ?? []) {
    const pattern = parseJsonPointer(pointer);
    if (pattern === undefined) problems.push(`JSON pointer "${pointer}" is not valid: it must begin with "/".`);
    else patterns.push(pattern);
  }
  for (const expression of rule.jqPathExpressions ?? []) {
    const pattern = parsePathExpression(expression);
    if (pattern === undefined) jq.push(expression);
    else patterns.push(pattern);
  }
  return { matches: matcherOf(rule), patterns, jq, managers: rule.managedFieldsManagers ?? [] };
}

function matcherOf({ group = '', kind, name, namespace }: IgnoreRule): (object: KubeObject) => boolean {
  const matchesGroup = matchText(group);
  const matchesKind = matchText(kind);
  return (object) =>
    matchesKind(object.kind) &&
    matchesGroup(parseApiVersion(object.apiVersion).group) &&
    (name === undefined || name === '' || name === object.metadata.name) &&
    (namespace === undefined || namespace === '' || namespace === object.metadata.namespace);
}

function matchText(pattern: string): (text: string) => boolean {
  if (!/[*?[{\\]/.test(pattern)) return (text) => text === pattern;
  try {
    return compileGlob(pattern);
  } catch {
    return (text) => text === pattern;
  }
}

function rulesOf(object: KubeObject, prepared: readonly PreparedRule[], settings: CompareSettings): ObjectRules {
  const matching = prepared.filter((rule) => rule.matches(object));
  const builtin = builtinPatterns(object, settings);
  if (matching.length === 0 && builtin.length === 0) return noRules;
  return {
    patterns: [...builtin, ...matching.flatMap((rule) => rule.patterns)],
    jq: matching.flatMap((rule) => rule.jq),
    trustedManagers: new Set(matching.flatMap((rule) => rule.managers)),
    isEmpty: false,
  };
}

function builtinPatterns(object: KubeObject, { ignoreStatus = 'all', ignoreAggregatedRoles }: CompareSettings) {
  const patterns: PathPattern[] = [];
  if (ignoreStatus === 'all' || (ignoreStatus === 'crd' && isCustomResourceDefinition(object)))
    patterns.push(['status']);
  if (ignoreAggregatedRoles === true && object.kind === 'ClusterRole' && object['aggregationRule'] !== undefined) {
    // A controller writes the rules of an aggregated role.
    patterns.push(['rules']);
  }
  return patterns;
}
