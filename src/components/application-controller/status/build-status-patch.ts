import { deepEqual } from '#base/json';
import type { Application, ApplicationStatus, Operation } from '#core/api';
import { annotations } from '#core/api';
import { createMergePatch } from '#libs/kube/patch';

export interface StatusChange {
  /** As the API server holds it. */
  readonly application: Application;
  readonly status: ApplicationStatus;
  /** `null` removes the field, undefined leaves it. */
  readonly operation?: Operation | null | undefined;
  /** Take the refresh annotation off: its wish was fulfilled. */
  readonly isRefreshDone: boolean;
  /** Whether what changes all the time while a rollout lasts is worth a write by itself. */
  readonly countsMinor: boolean;
  /** Finalizers to add where they are missing. */
  readonly finalizers?: readonly string[] | undefined;
  /** Annotations to set, beside everything else that is written. */
  /** null removes. */
  readonly annotations?: Readonly<Record<string, string | null>> | undefined;
}

/** The merge patch that brings the Application to this status; undefined when there is nothing to write. Pure. */
export function buildStatusPatch(change: StatusChange): object | undefined {
  const { application, status, operation, isRefreshDone } = change;
  const held = application.metadata.annotations;
  const hasRefresh = isRefreshDone && held?.[annotations.refresh] !== undefined;
  const marks: Record<string, string | null> = hasRefresh ? { [annotations.refresh]: null } : {};
  for (const [name, value] of Object.entries(change.annotations ?? {}))
    if ((held?.[name] ?? null) !== value) marks[name] = value;
  const hasMarks = Object.keys(marks).length > 0;
  const present = application.metadata.finalizers ?? [];
  const missing = (change.finalizers ?? []).filter((finalizer) => !present.includes(finalizer));
  const isOperationNews =
    operation === null
      ? application.operation !== undefined
      : operation !== undefined && !deepEqual(operation, application.operation);
  if (
    !hasMarks &&
    missing.length === 0 &&
    !isOperationNews &&
    isSameStatus(application.status ?? {}, status, change.countsMinor)
  )
    return undefined;
  const statusPatch = createMergePatch(application.status ?? {}, status) as Record<string, unknown>;
  return {
    metadata: {
      resourceVersion: application.metadata.resourceVersion,
      ...(hasMarks ? { annotations: marks } : {}),
      ...(missing.length === 0 ? {} : { finalizers: [...present, ...missing] }),
    },
    ...(Object.keys(statusPatch).length === 0 ? {} : { status: statusPatch }),
    ...(isOperationNews ? { operation } : {}),
  };
}

/** The time of a reconcile is no news by itself: an idle application is not written. */
function isSameStatus(before: ApplicationStatus, after: ApplicationStatus, countsMinor: boolean): boolean {
  return deepEqual(majorPart(before), majorPart(after)) && !(countsMinor && hasMinorNews(before, after));
}

function majorPart({ reconciledAt: _r, observedAt: _o, health, summary: _s, ...rest }: ApplicationStatus): unknown {
  return { ...rest, conditions: rest.conditions ?? [], resources: rest.resources ?? [], health: health?.status };
}

/** Which pods there are, and which of many resources is still progressing. */
export function hasMinorNews(before: ApplicationStatus, after: ApplicationStatus): boolean {
  return !deepEqual(before.summary ?? {}, after.summary ?? {}) || before.health?.message !== after.health?.message;
}
