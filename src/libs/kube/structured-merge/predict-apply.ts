import { deepEqual } from '#base/json';
import type { GroupVersionKind, KubeObject, ManagedFieldsEntry } from '../objects.ts';
import type { Schema } from '../schema/index.ts';
import { applyDefaults, builtinDefaults, toCompiledForm } from '../schema/index.ts';
import { applyServerSide } from './apply-server-side.ts';
import { isApplied } from './is-applied.ts';
import { typedObject } from './track-update.ts';
import type { Path } from './path-element.ts';

export interface PredictRequest {
  readonly live: KubeObject | undefined;
  /** What would be applied. */
  readonly desired: KubeObject;
  readonly manager: string;
  readonly schema: Schema;
  readonly gvk: GroupVersionKind;
  /** Time of entries that change. Default: the time of the live entry of this manager, else none. */
  readonly now?: string | undefined;
  /** Fields that apply leaves as they are; for a custom resource with a status endpoint `[fieldPath('status')]`. */
  readonly resetFields?: readonly Path[] | undefined;
}

export interface Prediction {
  /** The live object itself when nothing would change. */
  readonly object: KubeObject;
  readonly managedFields: readonly ManagedFieldsEntry[];
  /** False when neither a value nor an owner would change. */
  readonly changed: boolean;
}

/**
 * What the server would hold after a forced apply of `desired`: merged, pruned of what this manager no longer applies, defaulted.
 * Admission and what the server allocates (cluster IPs, generation) are not predicted. Throws AppliedInvalid.
 */
export function predictApply(request: PredictRequest): Prediction {
  const { live, desired, manager, schema, gvk } = request;
  if (live !== undefined && isApplied({ live, desired, manager, schema, resetFields: request.resetFields })) {
    return { object: live, managedFields: live.metadata.managedFields ?? [], changed: false };
  }
  const own = live?.metadata.managedFields?.find((entry) => entry.manager === manager && entry.operation === 'Apply');
  const now = request.now ?? own?.time ?? '';
  const applied = applyServerSide({
    live,
    applied: desired,
    manager,
    schema,
    now,
    force: true,
    resetFields: request.resetFields,
  });
  const stored = storedForm(schema, gvk, withServerMetadata(applied.object, live));
  if (live !== undefined && deepEqual(typedObject(stored), typedObject(live)) && !applied.changed) {
    return { object: live, managedFields: live.metadata.managedFields ?? [], changed: false };
  }
  return { object: stored, managedFields: applied.managedFields, changed: true };
}

/** An object as the server stores it: in the form of its type, with every default. */
export function storedForm(schema: Schema, gvk: GroupVersionKind, object: KubeObject): KubeObject {
  if (schema.compiled !== true) return applyDefaults(schema, object);
  return builtinDefaults(gvk, applyDefaults(schema, toCompiledForm(schema, object)));
}

const serverOwned = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'resourceVersion',
  'generation',
];

/** Rendered manifests often hold `creationTimestamp: null`; the server keeps its own. */
function withServerMetadata(object: KubeObject, live: KubeObject | undefined): KubeObject {
  if (live === undefined || object === live) return object;
  const metadata = { ...object.metadata };
  for (const field of serverOwned) {
    if (live.metadata[field] === undefined) delete metadata[field];
    else metadata[field] = live.metadata[field];
  }
  return { ...object, metadata };
}
