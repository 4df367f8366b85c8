import type { GroupVersionKind, KubeObject, ManagedFieldsEntry } from '../objects.ts';
import type { Schema } from '../schema/index.ts';
import { applyDefaults, builtinDefaults, objectMetaSchema, pruneUnknown, toCompiledForm } from '../schema/index.ts';
import { applyServerSide } from './apply-server-side.ts';
import { DesiredMatcher } from './desired-matcher.ts';
import { keepServerFields } from './keep-server-fields.ts';
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
  /** The matcher of `desired`, when the caller keeps one: an object in sync then costs microseconds. */
  readonly matcher?: DesiredMatcher | undefined;
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
  if (live !== undefined && (request.matcher ?? new DesiredMatcher(request)).matches(live)) {
    return { object: live, managedFields: live.metadata.managedFields ?? [], changed: false };
  }
  const own = live?.metadata.managedFields?.find((entry) => entry.manager === manager && entry.operation === 'Apply');
  const now = request.now ?? own?.time ?? '';
  const finish = (merged: KubeObject) => keepServerFields(storedForm(schema, gvk, merged), live);
  return applyServerSide({
    live,
    applied: desired,
    manager,
    schema,
    now,
    force: true,
    resetFields: request.resetFields,
    finish,
  });
}

/** An object as the server stores it: in the form of its type, with every default. */
export function storedForm(schema: Schema, gvk: GroupVersionKind, object: KubeObject): KubeObject {
  if (schema.compiled !== true) {
    const known = pruneUnknown(schema, object).object;
    return applyDefaults(schema, { ...known, metadata: toCompiledForm(objectMetaSchema, known.metadata) });
  }
  return builtinDefaults(gvk, applyDefaults(schema, toCompiledForm(schema, object)));
}
