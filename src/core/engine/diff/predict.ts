import { deepEqual } from '#base/json';
import type { KubeObject } from '#libs/kube';
import { gvkOf } from '#libs/kube';
import type { Schema } from '#libs/kube/schema';
import { pruneUnknown } from '#libs/kube/schema';
import type { Difference, Prediction } from '#libs/kube/structured-merge';
import { AppliedInvalid, compareObjects, fieldPath, predictApply } from '#libs/kube/structured-merge';
import type { CompareInput } from './comparison.ts';
import { deducedSchema } from './deduced-schema.ts';
import { matcherOf } from './matcher-of.ts';
import { clientSideManager, fieldManager, migrateManagedFields } from './migrate-managed-fields.ts';

/** What applying would do, before any rule hides a part of it. */
export type Forecast =
  | { readonly type: 'unchanged' }
  | {
      readonly type: 'changed';
      readonly predicted: KubeObject;
      readonly differences: readonly Difference[];
      /** `spec.foo`: fields of the desired object that the schema does not declare. */
      readonly unknownFields: readonly string[];
    }
  /** The server would refuse the object. */
  | { readonly type: 'invalid'; readonly problems: readonly string[] };

const statusPath = [fieldPath('status')];

/** Predicts a forced server-side apply of `desired` on `live` (`architecture.md` §5). */
export function predict(desired: KubeObject, live: KubeObject, input: CompareInput): Forecast {
  const { schema = deducedSchema, manager = fieldManager } = input;
  const matcher = matcherOf({ desired, manager, schema, resetFields: resetFieldsOf(schema) });
  if (matcher.matches(live)) return { type: 'unchanged' };
  const owned = migrateManagedFields(live, { manager, from: input.migratedManagers ?? [clientSideManager] });
  const forecast = attempt(desired, owned, input);
  if (forecast.type !== 'invalid') return forecast;
  const known = pruneUnknown(schema, desired);
  if (known.pruned.length === 0) return forecast;
  const second = attempt(known.object, owned, input);
  if (second.type === 'invalid') return second;
  const changed = second.type === 'changed' ? second : { type: 'changed' as const, predicted: live, differences: [] };
  return { ...changed, unknownFields: known.pruned };
}

function attempt(desired: KubeObject, live: KubeObject, input: CompareInput): Forecast {
  const { schema = deducedSchema, manager = fieldManager } = input;
  try {
    const prediction = predictApply({
      live,
      desired,
      manager,
      schema,
      gvk: gvkOf(desired),
      resetFields: resetFieldsOf(schema),
    });
    if (!prediction.changed && live === input.live) return { type: 'unchanged' };
    const differences = compareObjects(schema, prediction.object, live);
    if (differences.length === 0 && live === input.live && sameOwners(prediction, live)) return { type: 'unchanged' };
    return { type: 'changed', predicted: prediction.object, differences, unknownFields: [] };
  } catch (error) {
    if (error instanceof AppliedInvalid) return { type: 'invalid', problems: error.problems };
    throw error;
  }
}

/** What is applied and not kept (an empty map of a compiled type) is neither a value nor an owner that changes. */
function sameOwners({ managedFields }: Prediction, live: KubeObject): boolean {
  return deepEqual(managedFields, live.metadata.managedFields);
}

/** Compiled kinds know their own; of a custom resource we assume a status endpoint, because status is never ours. */
function resetFieldsOf(schema: Schema): typeof statusPath | undefined {
  return schema.compiled === true ? undefined : statusPath;
}
