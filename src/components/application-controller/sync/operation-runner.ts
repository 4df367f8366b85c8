import type { Clock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import { hashJson } from '#base/hash';
import type { Limiter } from '#base/limiter';
import type { Logger } from '#base/log';
import type { Operation, OperationState } from '#core/api';
import { annotations } from '#core/api';
import { decideRetry, decideSyncWindows } from '#core/engine';
import type { ResourceResult, SyncWindow } from '#core/engine';
import type { ApplicationSession } from '../application-session.ts';
import type { Rendered, Targets } from '../desired/desired-state.ts';
import type { ResourceVerdict } from '../compare/resource-verdict.ts';
import type { Failpoint } from '../failpoint.ts';
import { windowSubject } from './auto-sync.ts';
import { executePlan } from './execute-plan.ts';
import type { PlanOutcome } from './execute-plan.ts';
import { isMultiStep } from './is-multi-step.ts';
import { readOperationMark, writeOperationMark } from './operation-marks.ts';
import type { OperationMark } from './operation-marks.ts';
import { operationSource } from './operation-source.ts';
import type { OperationSource } from './operation-source.ts';
import { buildSyncResult, isAwaitingRetry, resultsOf, retryDue, timestamp } from './operation-state.ts';
import { planOperation, syncOptionsOf } from './plan-operation.ts';
import { recordDeployment } from './record-deployment.ts';
import type { RecordedDeployment } from './record-deployment.ts';

export interface OperationRunnerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly limiter: Limiter;
  readonly failpoint: Failpoint | undefined;
  /** What an operation deploys: from what is known, the store of deployments, or the repo-server. */
  readonly render: (
    session: ApplicationSession,
    source: OperationSource,
    operation: Operation,
  ) => Promise<{ readonly rendered: Rendered; readonly revisions: readonly string[] }>;
  readonly targetsOf: (session: ApplicationSession, rendered: Rendered) => Promise<Targets>;
  readonly compare: (session: ApplicationSession, targets: Targets) => Promise<ReadonlyMap<string, ResourceVerdict>>;
}

export type OperationProgress =
  /** `wakeAtMs`: go on then, whatever happens before. */
  | { readonly type: 'running'; readonly state: OperationState; readonly wakeAtMs: number | undefined }
  | {
      readonly type: 'finished';
      readonly state: OperationState;
      readonly annotations: Readonly<Record<string, string>>;
      readonly deployment: RecordedDeployment | undefined;
    };

/** What one pass over an operation works on. */
interface Pass {
  readonly session: ApplicationSession;
  readonly operation: Operation;
  readonly startedAt: string;
  /** As persisted; undefined for an operation of which nothing was written yet. */
  readonly state: OperationState | undefined;
  readonly retryCount: number;
}

const waitCheckMs = 30_000;

/** Carries operations on, pass by pass; everything that matters is in the Application's status (`compatibility.md` d.2). */
export class OperationRunner {
  readonly #options: OperationRunnerOptions;

  constructor(options: OperationRunnerOptions) {
    this.#options = options;
  }

  /** One pass: until the operation is finished, or waits for the cluster or a time. */
  async advance(
    session: ApplicationSession,
    operation: Operation,
    state: OperationState | undefined,
  ): Promise<OperationProgress> {
    const { clock } = this.#options;
    const now = clock.now();
    if (state !== undefined && isAwaitingRetry(state)) {
      if (state.phase === 'Terminating')
        return this.#end({ ...state, phase: 'Failed', message: 'Operation terminated' });
      const due = retryDue(state);
      if (now < due) return { type: 'running', state, wakeAtMs: due };
    }
    const retryCount = state?.retryCount ?? 0;
    const isRetry = state !== undefined && isAwaitingRetry(state);
    const startedAt = state?.startedAt ?? timestamp(now);
    const base: Pass = { session, operation, startedAt, state: isRetry ? retried(state) : state, retryCount };
    const blocked = this.#blockedByWindow(base);
    if (blocked !== undefined) return blocked;
    try {
      return await this.#run(base);
    } catch (error) {
      if (session.signal.aborted) throw error;
      const { kind, message, retry } = toWindlassError(error);
      // A cluster that does not answer is waited for; the operation is not over.
      if (kind === 'Unavailable' || kind === 'DeadlineExceeded' || kind === 'Conflict') throw error;
      this.#options.log.info({ application: session.key, retry, message }, 'A sync operation cannot go on');
      return this.#conclude(base, { phase: 'Error', message }, []);
    }
  }

  async #run(pass: Pass): Promise<OperationProgress> {
    const { session, operation, state } = pass;
    if (operation.sync === undefined)
      return this.#conclude(pass, { phase: 'Error', message: 'Invalid operation request' }, []);
    if (session.settings.isImpersonationEnabled) {
      // The controller's own rights may be more than the project's service account has.
      const message =
        'Impersonation is switched on but not implemented: nothing is synced with other rights than asked for';
      return this.#conclude(pass, { phase: 'Failed', message }, []);
    }
    const source = operationSource(session.application, operation, state);
    const { rendered, revisions } = await this.#options.render(session, source, operation);
    const shared = await this.#sharedResource(pass, rendered);
    if (shared !== undefined) return this.#conclude(pass, { phase: 'Failed', message: shared }, []);
    const plan = await this.#plan(pass, rendered, revisions);
    const mark: OperationMark = {
      startedAt: pass.startedAt,
      id: plan.operationId,
      plan: plan.digest,
      manifests: rendered.digest,
    };
    const running = (results: readonly ResourceResult[], message: string): OperationState => ({
      operation,
      phase: session.application.status?.operationState?.phase === 'Terminating' && state ? 'Terminating' : 'Running',
      message,
      startedAt: pass.startedAt,
      ...(pass.retryCount > 0 ? { retryCount: pass.retryCount } : {}),
      syncResult: buildSyncResult({ ...source, revisions, results }),
    });
    const mustPersist = isMultiStep(plan) && !plan.isDryRun && plan.problems.length === 0;
    if (mustPersist && readOperationMark(session.application)?.id !== plan.operationId) {
      await session.persist(running(resultsOf(state), 'starting'), writeOperationMark(mark));
    }
    const outcome = await executePlan({
      plan,
      results: resultsOf(state),
      cluster: session.cluster,
      limiter: this.#options.limiter,
      failpoint: this.#options.failpoint,
      signal: session.signal,
      isTerminating: this.#isTerminating(pass),
      isPruneApproved: isApproved(session, pass.startedAt),
      persist: (results, message) => session.persist(running(results, message), writeOperationMark(mark)),
      pause: () => this.#options.clock.sleep(session.settings.waveDelayMs, session.signal),
    });
    return this.#settle(pass, outcome, { source, revisions, mark, running });
  }

  #settle(
    pass: Pass,
    outcome: PlanOutcome,
    {
      source,
      revisions,
      mark,
      running,
    }: {
      readonly source: OperationSource;
      readonly revisions: readonly string[];
      readonly mark: OperationMark;
      readonly running: (results: readonly ResourceResult[], message: string) => OperationState;
    },
  ): OperationProgress {
    const { session, operation } = pass;
    const state = running(outcome.results, outcome.message);
    if (outcome.type === 'wait') {
      return { type: 'running', state, wakeAtMs: this.#options.clock.now() + waitCheckMs };
    }
    const progress = this.#conclude({ ...pass, state }, outcome, outcome.results, mark);
    if (progress.type !== 'finished' || outcome.phase !== 'Succeeded' || !isRecorded(operation)) return progress;
    const deployment = recordDeployment(session.application, {
      state: progress.state,
      ...source,
      revisions,
      manifests: mark.manifests,
      deployedAt: progress.state.finishedAt ?? timestamp(this.#options.clock.now()),
    });
    return { ...progress, deployment };
  }

  /** The plan of this attempt: kept between passes, made again after a restart. */
  async #plan({ session, operation, startedAt, retryCount }: Pass, rendered: Rendered, revisions: readonly string[]) {
    const { record, application } = session;
    const id = hashJson([application.metadata.uid ?? '', startedAt, retryCount]).slice(0, 20);
    if (record.plan?.operation === id) return record.plan.plan;
    const targets = await this.#options.targetsOf(session, rendered);
    const verdicts = await this.#options.compare(session, targets);
    const revision = revisions.find((text) => text !== '') ?? '';
    const plan = await planOperation(session, { id, operation, startedAt, revision, targets, verdicts });
    const before = readOperationMark(application);
    if (before?.id === id && before.plan !== plan.digest) {
      this.#options.log.info(
        { application: session.key, operation: id },
        'The cluster changed; the plan was made again',
      );
    }
    record.plan = { operation: id, plan, rendered };
    return plan;
  }

  #blockedByWindow({ session, operation, state, startedAt, retryCount }: Pass): OperationProgress | undefined {
    const windows = (session.project.spec.syncWindows ?? []) as readonly SyncWindow[];
    if (windows.length === 0) return undefined;
    const now = this.#options.clock.now();
    const decision = decideSyncWindows({
      nowMs: now,
      windows,
      application: windowSubject(session),
      isManual: operation.initiatedBy?.automated !== true,
      ...(state === undefined ? {} : { operationStartedAtMs: Date.parse(startedAt) }),
    });
    if (decision.canSync) return undefined;
    const message = 'Sync operation blocked by sync window';
    const blocked: OperationState = {
      ...(state ?? { operation, startedAt, ...(retryCount > 0 ? { retryCount } : {}) }),
      phase: 'Running',
      message,
    };
    return { type: 'running', state: blocked, wakeAtMs: now + waitCheckMs };
  }

  async #sharedResource({ session, operation }: Pass, rendered: Rendered): Promise<string | undefined> {
    if (!syncOptionsOf(operation).failOnSharedResource) return undefined;
    const targets = await this.#options.targetsOf(session, rendered);
    const verdicts = await this.#options.compare(session, targets);
    const shared = [...verdicts.values()].filter(({ otherOwner }) => otherOwner !== undefined);
    if (shared.length === 0) return undefined;
    return `Shared resource found: ${shared
      .map(({ key, otherOwner }) => `${key.kind}/${key.name} is part of application ${otherOwner}`)
      .join(', ')}`;
  }

  #isTerminating({ session, startedAt }: Pass): boolean {
    if (session.application.status?.operationState?.phase === 'Terminating') return true;
    const limit = session.settings.syncTimeoutMs;
    return limit > 0 && this.#options.clock.now() - Date.parse(startedAt) > limit;
  }

  /** The end of an attempt: over, or tried again later. */
  #conclude(
    { session, operation, startedAt, state, retryCount }: Pass,
    { phase, message }: { readonly phase: 'Succeeded' | 'Failed' | 'Error'; readonly message: string },
    results: readonly ResourceResult[],
    mark?: OperationMark,
  ): OperationProgress {
    const now = this.#options.clock.now();
    session.record.plan = undefined;
    const ended: OperationState = {
      ...state,
      operation,
      startedAt,
      phase,
      message,
      finishedAt: timestamp(now),
      ...(retryCount > 0 ? { retryCount } : {}),
    };
    const marks = mark === undefined ? {} : writeOperationMark(mark);
    if (phase === 'Succeeded' || this.#isTerminating({ session, operation, startedAt, state, retryCount })) {
      return this.#end(ended, marks);
    }
    const retry = decideRetry({
      nowMs: now,
      phase,
      message,
      retryCount,
      limit: operation.retry?.limit ?? 0,
      backoff: operation.retry?.backoff,
    });
    this.#options.log.debug({ application: session.key, rows: results.length, decision: retry.type }, message);
    if (retry.type === 'give-up') return this.#end({ ...ended, message: retry.message }, marks);
    const waiting = { ...ended, phase: 'Running', message: retry.message, retryCount: retry.retryCount };
    return { type: 'running', state: waiting, wakeAtMs: retry.atMs };
  }

  #end(state: OperationState, marks: Readonly<Record<string, string>> = {}): OperationProgress {
    return { type: 'finished', state, annotations: marks, deployment: undefined };
  }
}

/** The state with which the next attempt begins: what the last one did is forgotten (`compatibility.md` d.2). */
function retried({ finishedAt: _finished, syncResult, ...state }: OperationState): OperationState {
  const pinned =
    state.operation.retry?.refresh === true || syncResult === undefined
      ? {}
      : { syncResult: { ...syncResult, resources: [] } };
  return { ...state, ...pinned };
}

/** Only whole deployments make history. */
function isRecorded({ sync = {} }: Operation): boolean {
  return sync.dryRun !== true && (sync.resources ?? []).length === 0;
}

function isApproved({ application }: ApplicationSession, since: string): boolean {
  const approved = Date.parse(application.metadata.annotations?.[annotations.deletionApproved] ?? '');
  return Number.isFinite(approved) && approved >= Date.parse(since);
}
