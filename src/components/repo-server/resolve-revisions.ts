import { WindlassError, toWindlassError } from '#base/errors';
import type { ResolveRevisionsRequest, ResolveRevisionsResponse, RevisionAnswer, RevisionQuery } from '#core/contracts';
import { refPrefixesFor, resolveRevision } from '#libs/git';
import type { GitStore, Ref } from '#libs/git';
import type { RegistryClient } from '#libs/registry';
import { fromWire, toGitAccess, toRegistryAccess } from '#services/credentials';
import type { RepositoryAccess } from '#services/credentials';
import type { ChartStore } from './chart-store.ts';

export interface ResolveDependencies {
  readonly git: GitStore;
  readonly registry: RegistryClient;
  readonly charts: ChartStore;
  readonly refs: RefCache;
}

/** Ref advertisements of the last seconds, for callers who do not insist on a new one. */
export interface RefCache {
  get(
    access: RepositoryAccess,
    prefixes: readonly string[],
    refresh: boolean,
    signal: AbortSignal,
  ): Promise<readonly Ref[]>;
}

/** What each target revision stands for now. One question to a Git repository, however many revisions there are. */
export async function resolveRevisions(
  dependencies: ResolveDependencies,
  { repository, revisions, refresh }: ResolveRevisionsRequest,
  signal: AbortSignal,
): Promise<ResolveRevisionsResponse> {
  const access = fromWire(repository);
  const git = revisions.filter(({ chart }) => !chart && !access.url.startsWith('oci://'));
  const refs = git.length === 0 ? [] : await dependencies.refs.get(access, prefixesOf(git), refresh, signal);
  return { revisions: await Promise.all(revisions.map((query) => answer(query))) };

  async function answer(query: RevisionQuery): Promise<RevisionAnswer> {
    try {
      return { revision: await resolveOne(query) };
    } catch (error) {
      signal.throwIfAborted();
      return { error: toWindlassError(error).toJSON() };
    }
  }

  async function resolveOne({ chart, targetRevision, tagPrefix }: RevisionQuery): Promise<string> {
    if (chart) return dependencies.charts.resolve({ access, name: chart, version: targetRevision, refresh, signal });
    if (access.url.startsWith('oci://'))
      return (
        await dependencies.registry.resolve(toRegistryAccess(access), access.url, targetRevision || 'latest', signal)
      ).digest;
    const resolution = resolveRevision(refs, targetRevision, tagPrefix);
    if (resolution.type === 'commit') return resolution.sha;
    if (resolution.type === 'unknown') throw revisionNotFound(targetRevision);
    return dependencies.git.resolveShortSha(toGitAccess(access), resolution.prefix, signal).catch(() => {
      throw revisionNotFound(targetRevision);
    });
  }
}

/** The prefixes of all queries together; a query that is malformed asks for nothing and fails by itself later. */
function prefixesOf(queries: readonly RevisionQuery[]): string[] {
  const prefixes = queries.flatMap(({ targetRevision, tagPrefix }) => {
    try {
      return refPrefixesFor(targetRevision, tagPrefix);
    } catch {
      return [];
    }
  });
  return [...new Set(prefixes)].toSorted();
}

/** The words that Argo CD has for it. */
function revisionNotFound(revision: string): WindlassError {
  return new WindlassError({
    code: 'GIT_REVISION_NOT_FOUND',
    kind: 'NotFound',
    message: `unable to resolve '${revision.slice(0, 100)}' to a commit SHA: revision not found`,
    hint: 'Check that the branch, tag or commit exists in the repository and is spelled as there.',
    retry: 'later',
  });
}
