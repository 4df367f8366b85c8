import type { Condition } from '../kinds/live-object.ts';
import { compareText } from '../kinds/live-object.ts';
import { upsertCondition } from '../framework/set-condition.ts';
import type { Remainder } from './empty-namespace.ts';

/** The five conditions of a namespace that is going away, in the real controller's words. */
export function namespaceConditions(
  before: readonly Condition[],
  remainder: Remainder,
  discoveryFailures: readonly string[],
  nowMs: number,
): Condition[] {
  const { resources, finalizers, failures } = remainder;
  const listed = (map: ReadonlyMap<string, number>, text: (name: string, count: number) => string) =>
    [...map]
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, count]) => text(name, count))
      .join(', ');
  const conditions: Condition[] = [
    discoveryFailures.length > 0
      ? {
          type: 'NamespaceDeletionDiscoveryFailure',
          status: 'True',
          reason: 'DiscoveryFailed',
          message: `Discovery failed for some groups, ${discoveryFailures.length} failing: ${discoveryFailures.join(', ')}`,
        }
      : {
          type: 'NamespaceDeletionDiscoveryFailure',
          status: 'False',
          reason: 'ResourcesDiscovered',
          message: 'All resources successfully discovered',
        },
    {
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      status: 'False',
      reason: 'ParsedGroupVersions',
      message: 'All legacy kube types successfully parsed',
    },
    failures.length > 0
      ? {
          type: 'NamespaceDeletionContentFailure',
          status: 'True',
          reason: 'ContentDeletionFailed',
          message: `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`,
        }
      : {
          type: 'NamespaceDeletionContentFailure',
          status: 'False',
          reason: 'ContentDeleted',
          message: 'All content successfully deleted, may be waiting on finalization',
        },
    resources.size > 0
      ? {
          type: 'NamespaceContentRemaining',
          status: 'True',
          reason: 'SomeResourcesRemain',
          message: `Some resources are remaining: ${listed(resources, (name, count) => `${name} has ${count} resource instances`)}`,
        }
      : {
          type: 'NamespaceContentRemaining',
          status: 'False',
          reason: 'ContentRemoved',
          message: 'All content successfully removed',
        },
    finalizers.size > 0
      ? {
          type: 'NamespaceFinalizersRemaining',
          status: 'True',
          reason: 'SomeFinalizersRemain',
          message: `Some content in the namespace has finalizers remaining: ${listed(finalizers, (name, count) => `${name} in ${count} resource instances`)}`,
        }
      : {
          type: 'NamespaceFinalizersRemaining',
          status: 'False',
          reason: 'ContentHasNoFinalizers',
          message: 'All content-preserving finalizers finished',
        },
  ];
  return conditions.reduce<Condition[]>((list, condition) => upsertCondition(list, condition, nowMs), [...before]);
}
