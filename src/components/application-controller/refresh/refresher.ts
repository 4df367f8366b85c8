import type { Clock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import { hashJson } from '#base/hash';
import type { JqPathFinder } from '#core/engine';
import type { ApplicationSession } from '../application-session.ts';
import { refusalOf } from '../application-session.ts';
import { compareApplication } from '../compare/compare-application.ts';
import type { ResourceVerdict } from '../compare/resource-verdict.ts';
import type { DesiredSource } from '../desired/desired-source.ts';
import type { Rendered, Targets } from '../desired/desired-state.ts';
import { isRenewing } from '../sync/operation-state.ts';
import { migratedManagers } from '../sync/plan-operation.ts';
import { decideRefresh, refreshAnnotation } from './decide-refresh.ts';

export interface RefresherOptions {
  readonly clock: Clock;
  readonly desired: DesiredSource;
  /** Which objects an application wants: so that events of objects without a mark find it. */
  readonly indexTargets: (session: ApplicationSession, targets: Targets) => void;
  readonly jq: JqPathFinder;
  /** Verdicts that were not what a comparison from scratch says. */
  readonly corrected: (session: ApplicationSession, ids: readonly string[]) => void;
}

/** Brings what is known of an application up to date, with no more work than the news ask for. */
export class Refresher {
  readonly #options: RefresherOptions;

  constructor(options: RefresherOptions) {
    this.#options = options;
  }

  async refresh(session: ApplicationSession): Promise<void> {
    const { record, application } = session;
    const { clock } = this.#options;
    const asked = refreshAnnotation(application);
    const specHash = specHashOf(session);
    const isAsked = asked !== undefined || isRenewing(application.status?.operationState, clock.now());
    const found = await this.#findRevisions(session, isAsked);
    const decision = decideRefresh({
      application,
      specHash,
      last: record.last,
      revisionsKey: found.key,
      changedResources: record.changed.size,
      isForced: record.isForced,
      nowMs: clock.now(),
      hardIntervalMs: session.settings.hardIntervalMs,
    });
    if (record.isVerifying && decision.type !== 'full') return this.#verify(session);
    if (decision.type === 'none') return;
    if (decision.type === 'resources') return this.#compareChanged(session);
    const isSame = record.last?.specHash === specHash && !record.isForced;
    const previous = record.rendered;
    record.isForced = false;
    record.last = { specHash, revisionsKey: found.key, renderedAtMs: clock.now() };
    try {
      if ('error' in found) throw found.error;
      const rendered = await this.#options.desired.render(session, found.revisions, decision.noCache);
      record.failure = undefined;
      const isUnread = rendered === previous && isSame;
      // A commit that the application does not read is no news for it, unless somebody asked to look.
      if (!isUnread || asked !== undefined) record.revisions = found.revisions;
      record.rendered = rendered;
      if (isUnread && asked === undefined) return await this.#compareChanged(session);
      await this.#compareAll(session, rendered, isSame);
    } catch (error) {
      await this.#fail(session, error);
    }
  }

  /** The targets of rendered objects in the session's cluster. */
  async targetsOf(session: ApplicationSession, rendered: Rendered): Promise<Targets> {
    const { record, cluster } = session;
    await this.#options.desired.learnKinds(session, rendered);
    if (rendered !== record.rendered) return this.#options.desired.targets(session, rendered);
    const key = hashJson([rendered.key, cluster.kindsEpoch, specHashOf(session)]);
    if (record.targets === undefined || record.targetsKey !== key) {
      record.targets = this.#options.desired.targets(session, rendered);
      record.targetsKey = key;
      this.#options.indexTargets(session, record.targets);
    }
    return record.targets;
  }

  /** Verdicts on these targets, kept ones included. */
  compare(
    session: ApplicationSession,
    targets: Targets,
    only?: ReadonlySet<string>,
    previous: ReadonlyMap<string, ResourceVerdict> = session.record.verdicts,
  ): Promise<ReadonlyMap<string, ResourceVerdict>> {
    return compareApplication({
      cluster: session.cluster,
      instance: session.instance,
      targets,
      rules: session.rules,
      tracking: session.settings.tracking,
      jq: this.#options.jq,
      refusal: (object, gvk) => refusalOf(session, object, gvk),
      migratedManagers: migratedManagers(session).migratedManagers,
      previous,
      only,
      signal: session.signal,
    });
  }

  async #compareAll(session: ApplicationSession, rendered: Rendered, isSame: boolean): Promise<void> {
    const { record } = session;
    record.changed.clear();
    const targets = await this.targetsOf(session, rendered);
    const previous = isSame ? record.verdicts : new Map<string, ResourceVerdict>();
    record.verdicts = await this.compare(session, targets, undefined, previous);
  }

  /** Everything from scratch, to be held against what is believed. */
  async #verify(session: ApplicationSession): Promise<void> {
    const { record } = session;
    record.isVerifying = false;
    if (record.rendered === undefined) return;
    const pending = new Set(record.changed);
    record.changed.clear();
    const targets = await this.targetsOf(session, record.rendered);
    const fresh = await this.compare(session, targets, undefined, new Map());
    const wrong = [...fresh].filter(([id, verdict]) => !pending.has(id) && !agree(record.verdicts.get(id), verdict));
    record.verdicts = fresh;
    if (wrong.length > 0)
      this.#options.corrected(
        session,
        wrong.map(([id]) => id),
      );
  }

  async #compareChanged(session: ApplicationSession): Promise<void> {
    const { record } = session;
    if (record.changed.size === 0) return;
    const only = new Set(record.changed);
    record.changed.clear();
    // Without knowing what is wanted, nothing can be told from its absence.
    if (record.rendered === undefined) return;
    const targets = await this.targetsOf(session, record.rendered);
    record.verdicts = await this.compare(session, targets, only);
  }

  async #findRevisions(session: ApplicationSession, refresh: boolean) {
    try {
      const revisions = await this.#options.desired.revisions(session, refresh);
      return { revisions, key: revisions.join('\n') };
    } catch (error) {
      return { error, key: `! ${toWindlassError(error).message}` };
    }
  }

  async #fail(session: ApplicationSession, error: unknown): Promise<void> {
    if (session.signal.aborted) throw error;
    const { record } = session;
    const { message, kind, code } = toWindlassError(error);
    const text = code === 'RENDER_FAILED' || code === 'REVISION_UNRESOLVED' ? message : `Failed to compare: ${message}`;
    record.failure = {
      finding: { type: 'ComparisonError', message: text },
      sinceMs: record.failure?.sinceMs ?? this.#options.clock.now(),
      isTransient: kind === 'Unavailable' || kind === 'DeadlineExceeded' || kind === 'ResourceExhausted',
    };
    // Objects that are no longer wanted must not be told from objects whose wish could not be read.
    await this.#compareChanged(session).catch(() => undefined);
  }
}

function agree(before: ResourceVerdict | undefined, after: ResourceVerdict): boolean {
  return (
    before !== undefined &&
    before.cacheKey === after.cacheKey &&
    before.comparison.state === after.comparison.state &&
    before.health?.status === after.health?.status
  );
}

/** Everything beside revisions and live objects that a comparison depends on. */
function specHashOf({ application, project, settings, rules, clusterEntry, cluster }: ApplicationSession): string {
  const { spec, metadata } = application;
  return hashJson([
    spec.source ?? null,
    spec.sources ?? null,
    spec.destination,
    metadata.annotations?.['argocd.argoproj.io/compare-options'] ?? null,
    spec.syncPolicy?.syncOptions ?? null,
    project.spec,
    settings.render,
    settings.tracking,
    rules.epoch,
    clusterEntry.server,
    cluster.kindsEpoch,
  ]);
}
