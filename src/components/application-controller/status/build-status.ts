import { aggregateHealth, summarizeSync } from '#core/engine';
import type { Health } from '#core/engine';
import type {
  Application,
  ApplicationSource,
  ApplicationStatus,
  ApplicationSummary,
  OperationState,
  ResourceStatus,
  RevisionHistory,
} from '#core/api';
import type { ResourceVerdict } from '../compare/resource-verdict.ts';
import { isMultiSource } from '../refresh/sources-of.ts';
import { isErrorFinding, mergeConditions } from './conditions.ts';
import type { Finding } from './conditions.ts';

export interface StatusInput {
  readonly application: Application;
  /** undefined: nothing could be compared; the rows that are there stay, as Unknown. */
  readonly verdicts: readonly ResourceVerdict[] | undefined;
  /** Neither what is wanted nor what is live could be looked at: health is Unknown. */
  readonly isBlind?: boolean | undefined;
  readonly sources: readonly ApplicationSource[];
  readonly revisions: readonly string[];
  readonly sourceTypes: readonly string[] | undefined;
  readonly summary: ApplicationSummary;
  readonly findings: readonly Finding[];
  readonly operationState: OperationState | undefined;
  readonly history: readonly RevisionHistory[] | undefined;
  readonly controllerNamespace: string;
  /** RFC 3339. */
  readonly now: string;
}

export type SyncSummary = 'Synced' | 'OutOfSync' | 'Unknown';

/** The status of an application, as Argo CD writes it (`compatibility.md` a.9). Pure. */
export function buildStatus(input: StatusInput): ApplicationStatus {
  const { application, verdicts, findings, now } = input;
  const before = application.status ?? {};
  const isFailed = verdicts === undefined || findings.some(isErrorFinding);
  const rows =
    verdicts === undefined
      ? (before.resources ?? []).map((row) => ({ ...row, status: 'Unknown' }))
      : resourceRows(verdicts, isFailed);
  const conditions = mergeConditions(before.conditions, findings, now);
  return withoutUndefined({
    ...before,
    conditions: conditions.length === 0 ? undefined : conditions,
    controllerNamespace: input.controllerNamespace,
    health: healthStatus(before.health, healthNow(input), now),
    history: input.history === undefined || input.history.length === 0 ? undefined : [...input.history],
    operationState: input.operationState,
    reconciledAt: now,
    resourceHealthSource: 'appTree',
    resources: rows,
    ...sourceTypesOf(application, input.sourceTypes),
    summary: input.summary,
    sync: {
      status: isFailed ? 'Unknown' : syncSummaryOf(verdicts ?? []),
      comparedTo: comparedTo(application),
      ...revisionsOf(application, input.revisions),
    },
  });
}

function healthNow({ verdicts, isBlind, application }: StatusInput): { status: string; message?: string | undefined } {
  if (isBlind === true) return { status: 'Unknown' };
  if (verdicts !== undefined) return healthOf(verdicts);
  const { health, resources = [] } = application.status ?? {};
  // What was healthy when it was last seen is not ill because Git does not answer.
  return resources.length > 0 && health?.status !== undefined
    ? { status: health.status, message: health.message }
    : { status: 'Healthy' };
}

/** The sync state of the whole. What the project forbids cannot be synced, so that the whole is not Synced either. */
export function syncSummaryOf(verdicts: readonly ResourceVerdict[]): SyncSummary {
  const permitted = verdicts.filter(({ refusal }) => refusal === undefined);
  const state = summarizeSync(permitted.map(({ comparison }) => comparison));
  return state === 'Synced' && permitted.length < verdicts.length ? 'OutOfSync' : state;
}

export function healthOf(verdicts: readonly ResourceVerdict[]): Health {
  return aggregateHealth(
    verdicts.map(({ key, isLive, health, countsForHealth }) => ({ key, isLive, health, counts: countsForHealth })),
  );
}

export function resourceRows(verdicts: readonly ResourceVerdict[], isFailed: boolean): ResourceStatus[] {
  return verdicts
    .filter(({ comparison, isLive }) => !comparison.isHook || isLive)
    .map((verdict) => resourceRow(verdict, isFailed))
    .sort((a, b) => compareText(rowKey(a), rowKey(b)));
}

function resourceRow({ key, gvk, comparison, wave, refusal }: ResourceVerdict, isFailed: boolean): ResourceStatus {
  const state = isFailed || refusal !== undefined ? 'Unknown' : comparison.state;
  return withoutUndefined({
    group: gvk.group === '' ? undefined : gvk.group,
    version: gvk.version,
    kind: gvk.kind,
    namespace: key.namespace === '' ? undefined : key.namespace,
    name: key.name,
    status: comparison.isHook ? undefined : state,
    hook: comparison.isHook ? true : undefined,
    requiresPruning: comparison.requiresPruning ? true : undefined,
    requiresDeletionConfirmation: comparison.requiresDeletionConfirmation ? true : undefined,
    syncWave: wave === 0 ? undefined : wave,
  });
}

function rowKey({ group = '', kind = '', namespace = '', name = '' }: ResourceStatus): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function healthStatus(
  before: ApplicationStatus['health'],
  { status, message }: { readonly status: string; readonly message?: string | undefined },
  now: string,
) {
  const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? now) : now;
  return withoutUndefined({ status, message, lastTransitionTime });
}

function sourceTypesOf(application: Application, types: readonly string[] | undefined) {
  if (types === undefined) return { sourceType: undefined, sourceTypes: undefined };
  return isMultiSource(application.spec)
    ? { sourceType: undefined, sourceTypes: [...types] }
    : { sourceType: types[0], sourceTypes: undefined };
}

export function revisionsOf(
  application: Pick<Application, 'spec'>,
  revisions: readonly string[],
): { revision?: string; revisions?: string[] } {
  if (revisions.length === 0) return {};
  return isMultiSource(application.spec) ? { revisions: [...revisions] } : { revision: revisions[0] as string };
}

function comparedTo({ spec }: Application) {
  return withoutUndefined({
    destination: spec.destination,
    ignoreDifferences: spec.ignoreDifferences,
    ...(isMultiSource(spec) ? { sources: spec.sources } : { source: spec.source }),
  });
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(record: T): Defined<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Defined<T>;
}
