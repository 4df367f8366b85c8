import type { Clock } from '#base/clock';
import type { WindlassError } from '#base/errors';
import { toWindlassError } from '#base/errors';
import { hashJson } from '#base/hash';
import type { Logger } from '#base/log';
import type { RepoServer, RevisionAnswer, RevisionQuery } from '#core/contracts';
import type { RepositoryAccess } from '#services/credentials';
import { toWire } from '#services/credentials';
import { decidePoll } from './poll-schedule.ts';
import type { PollOutcome, PollPolicy } from './poll-schedule.ts';

/** What one application follows: a revision of a repository. */
export interface FollowedRevision {
  readonly repoUrl: string;
  readonly query: RevisionQuery;
}

export interface RevisionSourceOptions {
  readonly repoServer: Pick<RepoServer, 'resolveRevisions'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly policy: () => PollPolicy;
  readonly access: (repoUrl: string, project: string) => RepositoryAccess;
  /** What these users follow moved, or began or ceased to fail. */
  readonly news: (users: readonly string[]) => void;
}

interface Want {
  readonly query: RevisionQuery;
  readonly users: Set<string>;
  answer: RevisionAnswer | undefined;
}

interface Repository {
  readonly id: string;
  readonly url: string;
  readonly project: string;
  readonly wants: Map<string, Want>;
  failure: WindlassError | undefined;
  intervalMs: number | undefined;
  cancel: (() => void) | undefined;
  flight: Promise<void> | undefined;
  next: Promise<void> | undefined;
}

/** Asks each repository once for the revisions that all its applications follow, and tells those whose revision moved. */
export class RevisionSource {
  readonly #options: RevisionSourceOptions;
  readonly #repositories = new Map<string, Repository>();
  readonly #followed = new Map<string, readonly { readonly repository: Repository; readonly want: Want }[]>();
  #isStopped = false;

  constructor(options: RevisionSourceOptions) {
    this.#options = options;
  }

  /** Says what a user follows from now on; it replaces what was said before. */
  follow(user: string, project: string, revisions: readonly FollowedRevision[]): void {
    const before = this.#followed.get(user) ?? [];
    const now = revisions.map(({ repoUrl, query }) => {
      const repository = this.#repository(repoUrl, project);
      const key = hashJson(query);
      let want = repository.wants.get(key);
      if (!want) {
        want = { query, users: new Set(), answer: undefined };
        repository.wants.set(key, want);
      }
      want.users.add(user);
      return { repository, want };
    });
    this.#followed.set(user, now);
    this.#drop(
      user,
      before.filter(({ want }) => !now.some((other) => other.want === want)),
    );
  }

  forget(user: string): void {
    this.#drop(user, this.#followed.get(user) ?? []);
    this.#followed.delete(user);
  }

  /** The revisions that a user follows, in order; asks where nothing is known yet, or when `refresh`. */
  async resolve(user: string, { refresh }: { readonly refresh: boolean }): Promise<readonly RevisionAnswer[]> {
    const followed = this.#followed.get(user) ?? [];
    const stale = new Set(
      followed.filter(({ want }) => refresh || want.answer === undefined).map(({ repository }) => repository),
    );
    await Promise.all([...stale].map((repository) => this.#ask(repository, refresh)));
    return followed.map(({ repository, want }) => {
      if (repository.failure) return { error: repository.failure.toJSON() };
      return want.answer ?? { error: unanswered };
    });
  }

  stop(): void {
    this.#isStopped = true;
    for (const repository of this.#repositories.values()) repository.cancel?.();
  }

  #repository(url: string, project: string): Repository {
    // Applications of different projects share a repository unless its credentials belong to one of them.
    const owner = this.#options.access(url, project).project ?? '';
    const id = `${url}\n${owner}`;
    let repository = this.#repositories.get(id);
    if (!repository) {
      repository = {
        id,
        url,
        project: owner,
        wants: new Map(),
        failure: undefined,
        intervalMs: undefined,
        cancel: undefined,
        flight: undefined,
        next: undefined,
      };
      this.#repositories.set(id, repository);
    }
    return repository;
  }

  #drop(user: string, left: readonly { readonly repository: Repository; readonly want: Want }[]): void {
    for (const { repository, want } of left) {
      want.users.delete(user);
      if (want.users.size > 0) continue;
      repository.wants.delete(hashJson(want.query));
      if (repository.wants.size > 0) continue;
      repository.cancel?.();
      this.#repositories.delete(repository.id);
    }
  }

  /** An answer that was asked for after this call; callers that come while one is under way share the next one. */
  #ask(repository: Repository, refresh: boolean): Promise<void> {
    if (!refresh && repository.flight) {
      // The flight may have begun before the question was known.
      return repository.flight.then(() =>
        [...repository.wants.values()].some((want) => want.answer === undefined) && !repository.failure
          ? this.#poll(repository, false)
          : undefined,
      );
    }
    if (!repository.flight) return this.#poll(repository, refresh);
    repository.next ??= repository.flight.then(() => {
      repository.next = undefined;
      return this.#poll(repository, refresh);
    });
    return repository.next;
  }

  #poll(repository: Repository, refresh: boolean): Promise<void> {
    repository.flight ??= this.#fetch(repository, refresh).finally(() => {
      repository.flight = undefined;
    });
    return repository.flight;
  }

  async #fetch(repository: Repository, refresh: boolean): Promise<void> {
    const { repoServer, access, news } = this.#options;
    const wants = [...repository.wants.values()];
    repository.cancel?.();
    const moved = new Set<string>();
    let outcome: PollOutcome = 'no-news';
    try {
      const { revisions } = await repoServer.resolveRevisions({
        repository: toWire(access(repository.url, repository.project)),
        revisions: wants.map((want) => want.query),
        refresh: refresh || wants.some((want) => want.answer !== undefined),
      });
      const hadFailed = repository.failure !== undefined;
      repository.failure = undefined;
      for (const [index, want] of wants.entries()) {
        const answer = revisions[index];
        const isNews = want.answer !== undefined && hashJson(want.answer) !== hashJson(answer);
        want.answer = answer;
        if (isNews || hadFailed) for (const user of want.users) moved.add(user);
      }
    } catch (error) {
      const isNew = repository.failure === undefined;
      repository.failure = toWindlassError(error);
      outcome = 'failed';
      this.#options.log.debug({ repository: repository.url, err: repository.failure }, 'Cannot read a repository');
      if (isNew) for (const want of wants) for (const user of want.users) moved.add(user);
    }
    if (outcome !== 'failed' && moved.size > 0) outcome = 'news';
    this.#schedule(repository, outcome);
    if (moved.size > 0) news([...moved]);
  }

  #schedule(repository: Repository, outcome: PollOutcome): void {
    if (this.#isStopped || !this.#repositories.has(repository.id)) return;
    const { policy, clock } = this.#options;
    const schedule = decidePoll(policy(), repository.intervalMs, outcome, clock.random());
    repository.intervalMs = schedule.intervalMs;
    const isFixed = [...repository.wants.values()].every((want) => isPinned(want.query) && want.answer !== undefined);
    if (schedule.delayMs === undefined || (isFixed && outcome !== 'failed')) return;
    repository.cancel = clock.after(schedule.delayMs, () => void this.#poll(repository, false));
  }
}

const unanswered = Object.freeze({
  code: 'REVISION_UNANSWERED',
  kind: 'Internal' as const,
  message: 'The repository was asked, but gave no answer for the revision.',
});

/** A full commit id or an exact chart version cannot move. */
function isPinned({ targetRevision, chart }: RevisionQuery): boolean {
  return chart === undefined ? /^[0-9a-f]{40}$/.test(targetRevision) : /^v?\d+\.\d+\.\d+$/.test(targetRevision);
}
