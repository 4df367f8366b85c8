import { hashJson } from '#base/hash';
import type { Application, Operation, OperationState } from '#core/api';
import { decideAutoSync, decideSyncWindows, isAdmissionLoop } from '#core/engine';
import type { AutoSyncDecision, AutoSyncResource, LastOperation, SyncWindow } from '#core/engine';
import type { ApplicationSession } from '../application-session.ts';
import type { ResourceVerdict } from '../compare/resource-verdict.ts';
import { isMultiSource } from '../refresh/sources-of.ts';
import { syncSummaryOf } from '../status/build-status.ts';
import { isHeld } from './is-held.ts';
import { readOperationMark } from './operation-marks.ts';

const automatedRetries = 5;

/** Whether the session's application syncs itself now, from what was just compared (`compatibility.md` d.1). Pure. */
export function decideAutomatedSync(session: ApplicationSession, nowMs: number): AutoSyncDecision {
  const { application, record, settings, sources } = session;
  if (isHeld(application, { revisions: record.revisions, digest: record.rendered?.digest })) {
    const sentence = 'A rollback quarantined this revision; automation goes on with the next one.';
    return { type: 'skip', verdict: { code: 'held', parameters: {}, sentence } };
  }
  const verdicts = [...record.verdicts.values()];
  const state = application.status?.operationState;
  const mark = readOperationMark(application);
  const isSameContent =
    mark !== undefined &&
    mark.startedAt === state?.startedAt &&
    mark.manifests !== '' &&
    mark.manifests === record.rendered?.digest;
  const decision = decideAutoSync({
    nowMs,
    automated: application.spec.syncPolicy?.automated,
    isWindowOpen: isWindowOpen(session, nowMs),
    hasOperation: application.operation !== undefined,
    isBeingDeleted: application.metadata.deletionTimestamp !== undefined,
    syncStatus: syncSummaryOf(verdicts),
    resources: verdicts.filter(({ comparison }) => !comparison.isHook).map(autoSyncResource),
    revisions: record.revisions,
    sourceHash: hashJson(sources),
    mayHaveChanges: !isSameContent,
    lastOperation: state === undefined ? undefined : lastOperation(state),
    backoff: settings.selfHealBackoff,
  });
  return decision.type === 'sync' ? (loopOf(session, decision) ?? decision) : decision;
}

/** The operation that an automated sync is. */
export function buildAutomatedOperation(
  { application, record }: ApplicationSession,
  { resources, autoHealAttempts }: Extract<AutoSyncDecision, { type: 'sync' }>,
): Operation {
  const { spec } = application;
  const revisions = [...record.revisions];
  return {
    initiatedBy: { automated: true },
    retry: spec.syncPolicy?.retry ?? { limit: automatedRetries },
    sync: {
      ...(isMultiSource(spec) ? { revisions } : { revision: revisions[0] ?? '' }),
      ...(spec.syncPolicy?.automated?.prune === true ? { prune: true } : {}),
      ...(spec.syncPolicy?.syncOptions === undefined ? {} : { syncOptions: spec.syncPolicy.syncOptions }),
      ...(resources === undefined ? {} : { resources: [...resources] }),
      ...(autoHealAttempts > 0 ? { autoHealAttemptsCount: autoHealAttempts } : {}),
    },
  };
}

/** Applying what admission changes back each time would go on for ever. */
function loopOf(
  { record, application }: ApplicationSession,
  { verdict }: AutoSyncDecision,
): AutoSyncDecision | undefined {
  const differing = [...record.verdicts.values()].filter(
    ({ comparison, refusal }) => refusal === undefined && comparison.isCounted && comparison.state === 'OutOfSync',
  );
  const loops = differing.filter(({ id, isDesired }) => {
    const hash = record.targets?.byId.get(id)?.hash ?? '';
    return isDesired && isAdmissionLoop(record.responses.get(id) ?? [], hash);
  });
  if (loops.length === 0 || loops.length < differing.length || isNewContent(application, record.rendered?.digest)) {
    return undefined;
  }
  return { type: 'blocked', condition: `Applying changes nothing: ${loops.map(describeLoop).join('; ')}`, verdict };
}

function isNewContent(application: Application, digest: string | undefined): boolean {
  return readOperationMark(application)?.manifests !== digest;
}

function describeLoop({ key, comparison }: ResourceVerdict): string {
  const [first] = comparison.differences;
  if (first === undefined) return `${key.kind}/${key.name} (${comparison.verdict.sentence})`;
  if (first.cause === 'unknown-field')
    return `the cluster does not know the field ${first.path} of ${key.kind}/${key.name}`;
  const manager = first.owner?.manager ?? 'the API server';
  return `${manager} sets ${first.path} of ${key.kind}/${key.name} back each time`;
}

function autoSyncResource({ key, comparison, refusal }: ResourceVerdict): AutoSyncResource {
  const { group, kind, namespace, name } = key;
  const status = refusal === undefined ? (comparison.state ?? 'Synced') : 'Unknown';
  return { group, kind, namespace, name, status, requiresPruning: comparison.requiresPruning };
}

function lastOperation({ phase, message = '', finishedAt, operation, syncResult }: OperationState): LastOperation {
  const sources = syncResult?.sources ?? (syncResult?.source === undefined ? [] : [syncResult.source]);
  const revisions = syncResult?.revisions ?? [syncResult?.revision ?? ''];
  return {
    phase: phase as LastOperation['phase'],
    message,
    ...(finishedAt === undefined ? {} : { finishedAtMs: Date.parse(finishedAt) }),
    autoHealAttempts: operation.sync?.autoHealAttemptsCount ?? 0,
    ...(syncResult === undefined ? {} : { result: { revisions, sourceHash: hashJson(sources) } }),
  };
}

export function isWindowOpen(session: ApplicationSession, nowMs: number): boolean {
  const windows = (session.project.spec.syncWindows ?? []) as readonly SyncWindow[];
  if (windows.length === 0) return true;
  return decideSyncWindows({ nowMs, windows, application: windowSubject(session), isManual: false }).canSync;
}

export function windowSubject({ application, namespace, clusterEntry }: ApplicationSession) {
  const { name = '' } = application.metadata;
  return { name, namespace, clusterName: clusterEntry.name, clusterServer: clusterEntry.server };
}
