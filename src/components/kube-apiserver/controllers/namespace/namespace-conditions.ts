import type { Condition } from '../kinds/live-object.ts';
import { compareText } from '../kinds/live-object.ts';
import { upsertCondition } from '../framework/set-condition.ts';
import type { Remainder } from './empty-namespace.ts';

interface Verdict {
  readonly type: string;
  /** Reason and message while something is in the way; undefined when nothing is. */
  readonly problem: readonly [string, string] | undefined;
  readonly fine: readonly [string, string];
}

/** The five conditions of a namespace that is going away, in the real controller's words. */
export function namespaceConditions(
  before: readonly Condition[],
  remainder: Remainder,
  discoveryFailures: readonly string[],
  nowMs: number,
): Condition[] {
  return buildVerdicts(remainder, discoveryFailures).reduce<Condition[]>(
    (list, { type, problem, fine }) => {
      const [reason, message] = problem ?? fine;
      return upsertCondition(list, { type, status: problem ? 'True' : 'False', reason, message }, nowMs);
    },
    [...before],
  );
}

function buildVerdicts(
  { resources, finalizers, failures }: Remainder,
  discoveryFailures: readonly string[],
): Verdict[] {
  const undiscovered = `Discovery failed for some groups, ${discoveryFailures.length} failing: ${discoveryFailures.join(', ')}`;
  const undeleted = `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`;
  const remaining = listCounts(resources, (name, count) => `${name} has ${count} resource instances`);
  const held = listCounts(finalizers, (name, count) => `${name} in ${count} resource instances`);
  return [
    {
      type: 'NamespaceDeletionDiscoveryFailure',
      problem: discoveryFailures.length > 0 ? ['DiscoveryFailed', undiscovered] : undefined,
      fine: ['ResourcesDiscovered', 'All resources successfully discovered'],
    },
    {
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      problem: undefined,
      fine: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    },
    {
      type: 'NamespaceDeletionContentFailure',
      problem: failures.length > 0 ? ['ContentDeletionFailed', undeleted] : undefined,
      fine: ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    },
    {
      type: 'NamespaceContentRemaining',
      problem: remaining ? ['SomeResourcesRemain', `Some resources are remaining: ${remaining}`] : undefined,
      fine: ['ContentRemoved', 'All content successfully removed'],
    },
    {
      type: 'NamespaceFinalizersRemaining',
      problem: held
        ? ['SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${held}`]
        : undefined,
      fine: ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    },
  ];
}

function listCounts(counts: ReadonlyMap<string, number>, describe: (name: string, count: number) => string): string {
  const sorted = [...counts].sort(([a], [b]) => compareText(a, b));
  return sorted.map(([name, count]) => describe(name, count)).join(', ');
}
