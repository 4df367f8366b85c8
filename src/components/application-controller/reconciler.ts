import type { Clock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import { hashJson } from '#base/hash';
import { deepEqual } from '#base/json';
import type { Logger } from '#base/log';
import type { AppProject, Application, ApplicationStatus, Operation, OperationState, RevisionHistory } from '#core/api';
import { annotations as knownAnnotations, finalizers as knownFinalizers } from '#core/api';
import { hookTypesOf, instanceName, prepareIgnoreRules, recordResponse, responseFingerprint } from '#core/engine';
import { gvkOf, isNotFound } from '#libs/kube';
import type { KubeObject } from '#libs/kube';
import type { ApplicationSettings } from '#services/settings';
import type { ApplicationRecord } from './application-record.ts';
import { refusalOf } from './application-session.ts';
import type { ApplicationSession } from './application-session.ts';
import type { ClusterPool } from './clusters/cluster-pool.ts';
import type { DeletionRunner } from './delete/deletion-runner.ts';
import { hasOwnFinalizer } from './delete/deletion-runner.ts';
import type { Refresher } from './refresh/refresher.ts';
import { sourcesOf } from './refresh/sources-of.ts';
import { resolveDeletionScope, resolveScope } from './scope/resolve-scope.ts';
import type { Scope, ScopeInput } from './scope/resolve-scope.ts';
import { buildStatus } from './status/build-status.ts';
import { collectFindings, isForgiven } from './status/collect-findings.ts';
import { mergeConditions } from './status/conditions.ts';
import type { Finding } from './status/conditions.ts';
import { hasMinorNews } from './status/build-status-patch.ts';
import type { StatusChange } from './status/build-status-patch.ts';
import type { StatusWriter } from './status/status-writer.ts';
import { summarizeTree } from './status/summarize-tree.ts';
import { buildAutomatedOperation, decideAutomatedSync } from './sync/auto-sync.ts';
import { hasHold, isHeld } from './sync/is-held.ts';
import type { OperationProgress, OperationRunner } from './sync/operation-runner.ts';
import { isFinished, timestamp } from './sync/operation-state.ts';

export interface ReconcilerOptions {
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: () => ApplicationSettings;
  readonly findProject: (name: string) => AppProject | undefined;
  readonly clusters: ClusterPool;
  readonly refresher: Refresher;
  readonly operations: OperationRunner;
  readonly deletions: DeletionRunner;
  readonly writer: StatusWriter;
  /** Look at the application again at that time. */
  readonly wake: (key: string, atMs: number) => void;
  readonly observed: (before: Application, after: Application) => void;
}

/** What one look leads to, to be written at once. */
interface Draft {
  operationState: OperationState | undefined;
  history: readonly RevisionHistory[] | undefined;
  operation: Operation | null | undefined;
  annotations: Record<string, string | null>;
}

/** One application, one look: what is wanted, what is there, what differs, what to do, what to write. */
export class Reconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(
    key: string,
    application: Application,
    record: ApplicationRecord,
    signal: AbortSignal,
  ): Promise<void> {
    if (application.metadata.deletionTimestamp !== undefined) return this.#delete(key, application, record, signal);
    if (isTrue(application.metadata.annotations?.[knownAnnotations.skipReconcile])) return;
    const answer = resolveScope(this.#scopeInput(application));
    // Before anything is awaited: what arrives from here on must know whom it concerns.
    record.isUnresolved = 'findings' in answer;
    if ('findings' in answer) return this.#writeInvalid(application, answer.findings);
    const session = this.#session({ key, application, record, signal }, answer.scope);
    try {
      await session.cluster.start();
    } catch (error) {
      const message = `Failed to load live state: ${toWindlassError(error).message}`;
      await this.#writeInvalid(application, [{ type: 'ComparisonError', message }]);
      throw error;
    }
    await this.#options.refresher.refresh(session);
    const draft = await this.#operate(session);
    await this.#write(session, draft);
  }

  #session(
    base: Pick<ApplicationSession, 'key' | 'application' | 'record' | 'signal'>,
    { project, entry, sources }: Scope,
  ): ApplicationSession {
    const settings = this.#options.settings();
    const { spec } = base.application;
    const session: ApplicationSession = {
      ...base,
      instance: this.#instance(base.application),
      project,
      cluster: this.#options.clusters.use(base.key, entry),
      clusterEntry: entry,
      namespace: spec.destination.namespace ?? '',
      sources,
      settings,
      rules: prepareIgnoreRules([...settings.ignoreRules, ...(spec.ignoreDifferences ?? [])], settings.compare),
      persist: (state, annotations) => this.#persist(session, state, annotations),
    };
    return session;
  }

  #scopeInput(application: Application): ScopeInput {
    const { namespace, findProject, clusters } = this.#options;
    return { application, controlNamespace: namespace, findProject, clusters: clusters.entries() };
  }

  #instance({ metadata }: Application): string {
    const { name = '', namespace = '' } = metadata;
    return instanceName({ name, namespace, controlNamespace: this.#options.namespace });
  }

  /** Goes on with an operation, begins the one that is asked for, or the one that automation wants. */
  async #operate(session: ApplicationSession): Promise<Draft> {
    const { application, record } = session;
    const state = application.status?.operationState;
    const draft: Draft = {
      operationState: state,
      history: application.status?.history,
      operation: undefined,
      annotations: isHoldOver(session) ? { [knownAnnotations.hold]: null } : {},
    };
    record.findings = [];
    if (state !== undefined && !isFinished(state)) {
      return this.#advance(session, draft, state.operation, state);
    }
    if (application.operation !== undefined) return this.#advance(session, draft, application.operation, undefined);
    const nowMs = this.#options.clock.now();
    if (
      record.failure !== undefined ||
      collectFindings(session, nowMs).some(({ type }) => type === 'ComparisonError')
    ) {
      return draft;
    }
    const decision = decideAutomatedSync(session, nowMs);
    if (decision.type === 'blocked') record.findings = [{ type: 'SyncError', message: decision.condition }];
    if (decision.type === 'later') this.#options.wake(session.key, decision.atMs);
    if (decision.type !== 'sync') return draft;
    this.#options.log.info({ application: session.key, reason: decision.verdict.code }, 'Initiated automated sync');
    return this.#advance(session, draft, buildAutomatedOperation(session, decision), undefined);
  }

  async #advance(
    session: ApplicationSession,
    draft: Draft,
    operation: Operation,
    state: OperationState | undefined,
  ): Promise<Draft> {
    const progress = await this.#options.operations.advance(session, operation, state);
    await this.#compareAgain(session, progress);
    draft.operationState = progress.state;
    if (progress.type === 'running') {
      if (progress.wakeAtMs !== undefined) this.#options.wake(session.key, progress.wakeAtMs);
      // Others see by this field that an operation is under way.
      if (session.application.operation === undefined) draft.operation = operation;
      return draft;
    }
    Object.assign(draft.annotations, progress.annotations, progress.deployment?.annotations);
    draft.history = progress.deployment?.history ?? draft.history;
    const asked = session.application.operation;
    draft.operation = asked !== undefined && deepEqual(asked, operation) ? null : undefined;
    const failed = progress.state.phase !== 'Succeeded' && operation.initiatedBy?.automated === true;
    if (failed) {
      const decision = decideAutomatedSync(
        { ...session, application: withState(session.application, progress.state) },
        0,
      );
      if (decision.type === 'blocked') session.record.findings = [{ type: 'SyncError', message: decision.condition }];
    }
    return draft;
  }

  /** What an operation touched is compared at once, so that one write tells of both. */
  async #compareAgain(session: ApplicationSession, progress: OperationProgress): Promise<void> {
    const { record, cluster } = session;
    if (record.targets === undefined || record.rendered === undefined) return;
    const targets = await this.#options.refresher.targetsOf(session, record.rendered);
    record.changed.clear();
    record.verdicts = await this.#options.refresher.compare(session, targets);
    if (progress.type !== 'finished') return;
    for (const [id, { key, gvk, comparison, isDesired, isLive }] of record.verdicts) {
      if (!isDesired || !isLive || comparison.state !== 'OutOfSync') continue;
      const live = await cluster.live(key, gvk, session.signal);
      const desiredHash = targets.byId.get(id)?.hash ?? '';
      if (live === undefined) continue;
      const response = { desiredHash, fingerprint: responseFingerprint(live), stillDiffered: true };
      record.responses.set(id, recordResponse(record.responses.get(id) ?? [], response));
    }
  }

  async #persist(
    session: ApplicationSession,
    state: OperationState,
    annotations: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { application } = session;
    session.application = await this.#options.writer.write({
      application,
      status: { ...application.status, operationState: state },
      operation: application.operation === undefined ? state.operation : undefined,
      isRefreshDone: false,
      countsMinor: false,
      annotations,
    });
  }

  async #write(session: ApplicationSession, draft: Draft): Promise<void> {
    const { application, record, cluster, sources } = session;
    const nowMs = this.#options.clock.now();
    const status = buildStatus({
      application,
      verdicts: record.rendered === undefined ? undefined : [...record.verdicts.values()],
      sources,
      revisions: record.revisions,
      sourceTypes: record.rendered?.sourceTypes,
      summary: summarizeTree(cluster, record.verdicts.values()),
      findings: collectFindings(session, nowMs),
      operationState: draft.operationState,
      history: draft.history,
      controllerNamespace: this.#options.namespace,
      now: timestamp(nowMs),
    });
    await this.#store(application, status, {
      ...draft,
      countsMinor: this.#countsMinor(session, status),
      finalizers: deletionFinalizers(session),
    });
    if (record.failure !== undefined && isForgiven(session, nowMs)) {
      this.#options.wake(session.key, record.failure.sinceMs + session.settings.repositoryGraceMs);
    }
  }

  /** While a rollout lasts its small news wait for the end of it, or for a while. */
  #countsMinor({ record, application, key }: ApplicationSession, status: ApplicationStatus): boolean {
    if (status.health?.status !== 'Progressing' || !hasMinorNews(application.status ?? {}, status)) {
      record.minorSinceMs = undefined;
      return true;
    }
    const nowMs = this.#options.clock.now();
    record.minorSinceMs ??= nowMs;
    const dueMs = record.minorSinceMs + minorDelayMs;
    if (nowMs >= dueMs) return true;
    this.#options.wake(key, dueMs);
    return false;
  }

  /** A specification that cannot be followed: nothing is known, nothing is touched. */
  async #writeInvalid(application: Application, findings: readonly Finding[]): Promise<void> {
    const status = buildStatus({
      application,
      verdicts: undefined,
      isBlind: true,
      sources: sourcesOf(application.spec),
      revisions: [],
      sourceTypes: undefined,
      summary: {},
      findings,
      operationState: application.status?.operationState,
      history: application.status?.history,
      controllerNamespace: this.#options.namespace,
      now: timestamp(this.#options.clock.now()),
    });
    await this.#store(application, status, { operation: undefined, annotations: {}, countsMinor: true });
  }

  async #store(
    application: Application,
    status: ApplicationStatus,
    change: Pick<Draft, 'operation' | 'annotations'> & Pick<StatusChange, 'countsMinor' | 'finalizers'>,
  ): Promise<void> {
    try {
      const stored = await this.#options.writer.write({
        application,
        status,
        operation: change.operation,
        isRefreshDone: true,
        countsMinor: change.countsMinor,
        annotations: change.annotations,
        finalizers: change.finalizers,
      });
      if (stored !== application) this.#options.observed(application, stored);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** What was wanted last; a repository that is gone does not hold up a deletion. */
  async #deletionTargets(session: ApplicationSession | undefined): Promise<readonly KubeObject[] | undefined> {
    if (session === undefined) return undefined;
    const { record } = session;
    if (record.rendered === undefined) await this.#options.refresher.refresh(session);
    if (record.rendered === undefined) return undefined;
    const { byId } = await this.#options.refresher.targetsOf(session, record.rendered);
    return [...byId.values()].map((target) => target.object);
  }

  async #tellDeletion(application: Application, message: string): Promise<void> {
    const before = application.status ?? {};
    const others = (before.conditions ?? []).filter(({ type }) => type !== 'DeletionError') as readonly Finding[];
    const findings: readonly Finding[] = [...others, { type: 'DeletionError', message }];
    const conditions = mergeConditions(before.conditions, findings, timestamp(this.#options.clock.now()));
    const change = { operation: undefined, annotations: {}, countsMinor: false };
    await this.#store(application, { ...before, conditions }, change);
  }

  async #delete(key: string, application: Application, record: ApplicationRecord, signal: AbortSignal): Promise<void> {
    if (!hasOwnFinalizer(application)) return;
    const input = this.#scopeInput(application);
    const answer = resolveDeletionScope(input);
    if ('waitsFor' in answer) return this.#tellDeletion(application, answer.waitsFor);
    // Hooks of what the project forbids by now are not run.
    const isPermitted = 'scope' in resolveScope(input);
    const session = 'scope' in answer ? this.#session({ key, application, record, signal }, answer.scope) : undefined;
    await session?.cluster.start();
    const progress = await this.#options.deletions.advance({
      application,
      instance: this.#instance(application),
      cluster: session?.cluster,
      targets: async () => (isPermitted ? this.#deletionTargets(session) : undefined),
      isPermitted: (object) => session !== undefined && refusalOf(session, object, gvkOf(object)) === undefined,
      signal,
    });
    if (progress.type === 'waiting') {
      if (progress.isNews) await this.#tellDeletion(application, progress.message);
      this.#options.log.debug({ application: key, waitsFor: progress.message }, 'Deleting');
      this.#options.wake(key, this.#options.clock.now() + deletionCheckMs);
    }
  }
}

/**
 * Hooks of a deletion must be able to run before the Application is gone. Each side has two finalizers, because none can be added
 * later: one goes when its hooks have ended, the other when they are removed (`compatibility.md` a.10).
 */
function deletionFinalizers({ record }: ApplicationSession): readonly string[] {
  const types = new Set([...(record.targets?.byId.values() ?? [])].flatMap(({ object }) => hookTypesOf(object)));
  const own = [
    ...(types.has('PreDelete') ? [knownFinalizers.preDelete] : []),
    ...(types.has('PostDelete') ? [knownFinalizers.postDelete] : []),
  ];
  return own.flatMap((finalizer) => [finalizer, `${finalizer}/cleanup`]);
}

const deletionCheckMs = 30_000;
const minorDelayMs = 10_000;

function withState(application: Application, operationState: OperationState): Application {
  const { operation: _operation, ...rest } = application;
  return { ...rest, status: { ...application.status, operationState } };
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(1|t|true)$/i.test(value);
}

/** Whether two looks at a specification would differ. */
export function specFingerprint({ spec, operation, metadata }: Application): string {
  return hashJson([spec, operation ?? null, metadata.annotations ?? null, metadata.deletionTimestamp ?? null]);
}

/** Git has moved past what a rollback quarantined. While an operation is asked for or runs, the hold stays. */
function isHoldOver({ application, record }: ApplicationSession): boolean {
  const state = application.status?.operationState;
  const isBusy = application.operation !== undefined || (state !== undefined && !isFinished(state));
  if (isBusy || !hasHold(application) || record.rendered === undefined) return false;
  return !isHeld(application, { revisions: record.revisions, digest: record.rendered.digest });
}
