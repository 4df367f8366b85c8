import { deepEqual } from '#base/json';
import type { Application, ApplicationSource, Operation, OperationState, RevisionHistory } from '#core/api';
import { isMultiSource, sourcesOf } from '../refresh/sources-of.ts';
import { readDeployments } from './operation-marks.ts';

/** What an operation deploys. */
export interface OperationSource {
  readonly sources: readonly ApplicationSource[];
  readonly isMultiSource: boolean;
  /** What was asked for, or what the first pass pinned; undefined = the newest. */
  readonly revisions: readonly string[] | undefined;
  /** False when `revisions` may still be branches or tags. */
  readonly arePinned: boolean;
  /** The stored manifests of the deployment that this operation repeats. */
  readonly manifests: string | undefined;
}

/** Which sources an operation means, at which revisions (`compatibility.md` a.8, d.2). Pure. */
export function operationSource(
  application: Application,
  operation: Operation,
  state: OperationState | undefined,
): OperationSource {
  const { sync = {} } = operation;
  const own = sync.sources !== undefined && sync.sources.length > 0;
  const isMulti = own || (sync.source === undefined && isMultiSource(application.spec));
  const sources = own
    ? (sync.sources ?? [])
    : sync.source !== undefined && !isMultiSource(application.spec)
      ? [sync.source]
      : sourcesOf(application.spec);
  const pinned = pinnedRevisions(state);
  const given = isMulti ? sync.revisions : sync.revision ? [sync.revision] : undefined;
  // Automation named the newest commit of its time.
  const isOutdated = (state?.retryCount ?? 0) > 0 && operation.retry?.refresh && operation.initiatedBy?.automated;
  const asked = isOutdated === true ? undefined : given;
  const revisions = pinned ?? (asked !== undefined && asked.length > 0 ? asked : undefined);
  return {
    sources,
    isMultiSource: isMulti,
    revisions,
    arePinned: pinned !== undefined,
    manifests: revisions === undefined ? undefined : repeatedDeployment(application, sources, revisions),
  };
}

function pinnedRevisions(state: OperationState | undefined): readonly string[] | undefined {
  const result = state?.syncResult;
  if (result?.revisions !== undefined && result.revisions.length > 0) return result.revisions;
  return result?.revision ? [result.revision] : undefined;
}

function repeatedDeployment(
  application: Application,
  sources: readonly ApplicationSource[],
  revisions: readonly string[],
): string | undefined {
  const deployments = readDeployments(application);
  const same = (application.status?.history ?? []).findLast(
    (entry) => deepEqual(revisionsIn(entry), revisions) && deepEqual(entry.sources ?? [entry.source], sources),
  );
  return same === undefined ? undefined : deployments[same.id];
}

function revisionsIn({ revision, revisions }: RevisionHistory): readonly string[] {
  return revisions !== undefined && revisions.length > 0 ? revisions : [revision ?? ''];
}
