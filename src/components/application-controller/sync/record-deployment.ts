import type { Application, ApplicationSource, OperationState, RevisionHistory } from '#core/api';
import { readDeployments, writeDeployments } from './operation-marks.ts';

const defaultLimit = 10;

export interface Deployment {
  readonly state: OperationState;
  readonly sources: readonly ApplicationSource[];
  readonly isMultiSource: boolean;
  readonly revisions: readonly string[];
  /** Digest of the manifests; '' = not kept. */
  readonly manifests: string;
  /** RFC 3339. */
  readonly deployedAt: string;
}

export interface RecordedDeployment {
  readonly history: readonly RevisionHistory[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** The history with one more deployment, and which manifests are kept for it (`compatibility.md` d.2). Pure. */
export function recordDeployment(application: Application, deployment: Deployment): RecordedDeployment {
  const limit = application.spec.revisionHistoryLimit ?? defaultLimit;
  const before = application.status?.history ?? [];
  const entry = historyEntry((before.at(-1)?.id ?? -1) + 1, deployment);
  const history = limit <= 0 ? [] : [...before, entry].slice(-limit);
  const digests: Record<string, string> = { ...readDeployments(application) };
  if (deployment.manifests !== '') digests[String(entry.id)] = deployment.manifests;
  const kept: Record<string, string> = {};
  for (const { id } of history) {
    const digest = digests[String(id)];
    if (digest !== undefined) kept[String(id)] = digest;
  }
  return { history, annotations: writeDeployments(kept) };
}

function historyEntry(
  id: number,
  { state, sources, isMultiSource, revisions, deployedAt }: Deployment,
): RevisionHistory {
  return {
    id,
    deployStartedAt: state.startedAt,
    deployedAt,
    ...(state.operation.initiatedBy === undefined ? {} : { initiatedBy: state.operation.initiatedBy }),
    ...(isMultiSource
      ? { revisions: [...revisions], sources: [...sources] }
      : { revision: revisions[0] ?? '', ...(sources[0] === undefined ? {} : { source: sources[0] }) }),
  };
}
