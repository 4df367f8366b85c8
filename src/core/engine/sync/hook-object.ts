import type { KubeObject } from '#libs/kube';
import { marks } from '../annotations.ts';
import type { PlanInput } from './plan-input.ts';
import type { SyncPhase } from './sync-plan.ts';

/**
 * The object that runs a hook in one phase: with its finalizer, so that a result is seen even when something deletes it, with the
 * operation that made it, and with a name that every restart of the operation finds again.
 */
export function hookObject(hook: KubeObject, phase: SyncPhase, operation: PlanInput['operation']): KubeObject {
  const { generateName, ...metadata } = hook.metadata;
  const name = metadata.name || generatedName(generateName ?? '', phase, operation);
  const trackingId = metadata.annotations?.[marks.trackingId];
  const annotations = {
    ...metadata.annotations,
    [marks.operation]: operation.id,
    // Tracking was set when the object had no name yet.
    ...(trackingId?.endsWith('/') === true ? { [marks.trackingId]: `${trackingId}${name}` } : {}),
  };
  const finalizers = [...new Set([...(metadata.finalizers ?? []), marks.hookFinalizer])];
  return { ...hook, metadata: { ...metadata, name, annotations, finalizers } };
}

/** "<generateName><revision, 7 characters>-<phase>-<start of the operation, Unix seconds>", lower case. */
function generatedName(
  generateName: string,
  phase: SyncPhase,
  { revision, startedAt }: PlanInput['operation'],
): string {
  const seconds = Math.floor(Date.parse(startedAt) / 1000);
  return `${generateName}${revision.slice(0, 7)}-${phase}-${seconds}`.toLowerCase();
}
