import type { ApplicationSource, OperationState, ResourceResult as ApiResult } from '#core/api';
import { decideRetry } from '#core/engine';
import type { ResourceResult } from '#core/engine';

export function isFinished({ phase }: Pick<OperationState, 'phase'>): boolean {
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Error';
}

/** True between two attempts (`compatibility.md` a.9). */
export function isAwaitingRetry({ phase, finishedAt }: OperationState): boolean {
  return phase === 'Running' && finishedAt !== undefined;
}

/** When the next attempt begins, in milliseconds since the epoch. */
export function retryDue(state: OperationState): number {
  const attempt = Math.max(0, (state.retryCount ?? 1) - 1);
  const retry = decideRetry({
    nowMs: Date.parse(state.finishedAt ?? state.startedAt),
    phase: 'Failed',
    message: '',
    retryCount: attempt,
    limit: -1,
    backoff: state.operation.retry?.backoff,
  });
  return retry.type === 'retry' ? retry.atMs : 0;
}

/** Whether an attempt begins now that is to deploy what Git says by then, not what the last one tried (`compatibility.md` a.9). */
export function isRenewing(state: OperationState | undefined, nowMs: number): boolean {
  if (state === undefined || state.operation.retry?.refresh !== true) return false;
  return isAwaitingRetry(state) && nowMs >= retryDue(state);
}

export interface SyncOutcome {
  readonly sources: readonly ApplicationSource[];
  readonly isMultiSource: boolean;
  readonly revisions: readonly string[];
  readonly results: readonly ResourceResult[];
}

/** `operationState.syncResult`: what is being deployed, and the rows so far. */
export function buildSyncResult({ sources, isMultiSource, revisions, results }: SyncOutcome) {
  return {
    ...(isMultiSource
      ? { revision: '', revisions: [...revisions], sources: [...sources] }
      : { revision: revisions[0] ?? '', ...(sources[0] === undefined ? {} : { source: sources[0] }) }),
    resources: results.map(toApiResult),
  };
}

function toApiResult(row: ResourceResult): ApiResult {
  const { group, version, kind, namespace, name, status, message, hookType, hookPhase, syncPhase, images } = row;
  return {
    group,
    version,
    kind,
    namespace,
    name,
    ...(status === undefined ? {} : { status }),
    ...(message === undefined ? {} : { message }),
    ...(hookType === undefined ? {} : { hookType }),
    ...(hookPhase === undefined ? {} : { hookPhase }),
    ...(syncPhase === undefined ? {} : { syncPhase }),
    ...(images === undefined ? {} : { images: [...images] }),
  };
}

/** The persisted rows as the engine reads them. */
export function resultsOf(state: OperationState | undefined): readonly ResourceResult[] {
  return (state?.syncResult?.resources ?? []) as readonly ResourceResult[];
}

/** RFC 3339 with seconds, as Kubernetes writes times. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
