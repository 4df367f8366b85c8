import type { ApplicationSource } from '#core/api';
import type { GenerateManifestsRequest, RepoServer } from '#core/contracts';
import { toWire } from '#services/credentials';
import type { RepositoryAccess } from '#services/credentials';
import type { Rendered } from './desired-state.ts';

export interface RenderInput {
  readonly appName: string;
  readonly namespace: string;
  readonly project: string;
  readonly sources: readonly ApplicationSource[];
  readonly revisions: readonly string[];
  readonly access: (repoUrl: string) => RepositoryAccess;
  readonly dependencies: readonly RepositoryAccess[];
  /** `sourceRepos` of the project. */
  readonly permitted: readonly string[];
  readonly cluster: GenerateManifestsRequest['cluster'];
  readonly settings: GenerateManifestsRequest['settings'];
  /** What is there already: comes back as it is when nothing that was read has changed. */
  readonly previous: Rendered | undefined;
  readonly noCache: boolean;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** What the sources at these revisions say. Throws the repo-server's WindlassError; never answers less than everything. */
export async function renderApplication(repoServer: RepoServer, input: RenderInput): Promise<Rendered> {
  const { previous, sources } = input;
  const answer = await repoServer.generateManifests(
    {
      appName: input.appName,
      namespace: input.namespace,
      project: input.project,
      sources: [...sources],
      revisions: [...input.revisions],
      repositories: sources.map((source) => toWire(input.access(source.repoURL))),
      dependencyRepositories: input.dependencies.map(toWire),
      permittedRepositories: [...input.permitted],
      cluster: input.cluster,
      settings: input.settings,
      ...(previous === undefined || previous.key === '' ? {} : { ifKey: previous.key }),
      ...(input.noCache ? { noCache: true } : {}),
    },
    { signal: input.signal, deadlineMs: input.deadlineMs },
  );
  if (answer.unchanged) return previous as Rendered;
  return {
    key: answer.key,
    digest: answer.digest,
    objects: answer.objects,
    sources,
    revisions: answer.revisions,
    sourceTypes: answer.sourceTypes,
    warnings: answer.warnings,
  };
}
