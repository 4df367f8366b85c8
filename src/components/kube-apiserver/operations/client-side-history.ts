import { getPath, isRecord } from '#base/json';
import { canonicalJson } from '#base/hash';
import type { KubeObject } from '#libs/kube';
import type { ApplyResult } from '#libs/kube/structured-merge';
import { ApplyConflict } from '#libs/kube/structured-merge';
import type { PatchRequest } from './patch-object.ts';

/** What `kubectl apply` of old left on objects: the configuration that it applied last. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
/** Only kubectl goes on from its own client-side history. */
const kubectl = 'kubectl';

export interface HistoryApply {
  readonly attempt: (force: boolean) => ApplyResult;
  readonly live: KubeObject | undefined;
  readonly request: PatchRequest;
}

/**
 * Applies; conflicts with fields that kubectl itself applied client-side are none, so that people can change over to
 * server-side apply. Throws ApplyConflict for the others.
 */
export function applyAfterClientSide({ attempt, live, request }: HistoryApply): ApplyResult {
  try {
    return attempt(request.force);
  } catch (error) {
    const history = live?.metadata.annotations?.[lastApplied];
    if (!(error instanceof ApplyConflict) || request.call.fieldManager !== kubectl || history === undefined)
      throw error;
    const before = parseHistory(history);
    if (!error.conflicts.every(({ field }) => stoodIn(before, field))) throw error;
    return attempt(true);
  }
}

function parseHistory(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the configuration held a field, given as `.spec.list[name="a"].image`. */
function stoodIn(configuration: unknown, field: string): boolean {
  let values: readonly unknown[] = [configuration];
  for (const [, name, selector] of field.matchAll(/\.([^.[\]]+)|\[([^\]]*)\]/g)) {
    values =
      name === undefined
        ? values.flatMap((value) => select(value, selector ?? ''))
        : values.map((value) => getPath(value, name));
    values = values.filter((value) => value !== undefined);
  }
  return values.length > 0;
}

function select(value: unknown, selector: string): readonly unknown[] {
  if (!Array.isArray(value)) return [];
  const keys = selector.split(',').map((one) => one.split('=') as [string, string]);
  if (keys.some(([, wanted]) => wanted === undefined)) return value as unknown[];
  return (value as unknown[]).filter(
    (item) => isRecord(item) && keys.every(([key, wanted]) => JSON.stringify(item[key]) === wanted),
  );
}

/** Where the annotation stands, an apply by kubectl keeps it true. */
export function refreshLastApplied(object: KubeObject, applied: KubeObject, manager: string): void {
  const { annotations } = object.metadata;
  if (manager !== kubectl || annotations?.[lastApplied] === undefined) return;
  const { [lastApplied]: _old, ...others } = applied.metadata.annotations ?? {};
  const { annotations: _annotations, ...metadata } = applied.metadata;
  const kept = Object.keys(others).length > 0 ? { ...metadata, annotations: others } : metadata;
  object.metadata.annotations = { ...annotations, [lastApplied]: `${canonicalJson({ ...applied, metadata: kept })}\n` };
}
