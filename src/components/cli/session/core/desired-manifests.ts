import { WindlassError } from '#base/errors';
import type { Application, ApplicationSource } from '#core/api';
import type { RepoServer, RevisionQuery } from '#core/contracts';
import { instanceName } from '#core/engine';
import type { KubeClient, KubeObject } from '#libs/kube';
import { matchRepositoryCredential, toWire } from '#services/credentials';
import type { KnownCredentials, RepositoryAccess } from '#services/credentials';
import { usageError } from '../../program/usage-error.ts';
import type { DesiredQuery } from '../session.ts';
import { sourcesOf } from '../sources-of.ts';
import type { CoreContext } from './core-context.ts';
import type { DestinationClients } from './destination-clients.ts';
import { serveLocalTree } from './local-tree.ts';
import { readKnownCredentials } from './known-credentials.ts';
import { SettingsCache } from './settings-cache.ts';

export interface DesiredInput {
  readonly application: Application;
  readonly query: DesiredQuery;
}

export interface DesiredManifests {
  readonly objects: readonly KubeObject[];
  readonly revisions: readonly string[];
}

/** What the sources say at the asked revisions, or what a local directory says. Throws REPO_SERVER_MISSING and what rendering throws. */
export async function fetchManifests(
  context: CoreContext,
  destinations: DestinationClients,
  { application, query }: DesiredInput,
): Promise<DesiredManifests> {
  if (context.repoServer === undefined) throw noRenderer();
  const repoServer = await context.repoServer();
  await using stack = new AsyncDisposableStack();
  const local = query.local && stack.use(await serveLocalTree(query.local, context.clock));
  const sources = sourcesOf(application).map((source, index) => chosenSource(source, index, query, local));
  const credentials = await readKnownCredentials(context);
  const access = sources.map(({ repoURL }) =>
    matchRepositoryCredential(repoURL, credentials, application.spec.project),
  );
  const revisions = await Promise.all(
    sources.map((source, index) =>
      resolveRevision(repoServer, source, access[index] as RepositoryAccess, context.signal),
    ),
  );
  const client = await destinations.of(application);
  const answer = await repoServer.generateManifests(
    await buildRequest({ context, application, sources, revisions, access, credentials, client }),
    { signal: context.signal },
  );
  if (answer.unchanged) return { objects: [], revisions };
  return { objects: answer.objects, revisions: answer.revisions };
}

function chosenSource(
  source: ApplicationSource,
  index: number,
  query: DesiredQuery,
  local: { readonly url: string; readonly path: string } | undefined,
): ApplicationSource {
  if (local) {
    if (source.chart) throw usageError('A chart of a registry has no local directory.', 'Leave --local out.');
    return { ...source, repoURL: local.url, path: local.path, targetRevision: 'HEAD' };
  }
  const revision = query.revisions?.get(index + 1) ?? query.revision;
  return revision === undefined ? source : { ...source, targetRevision: revision };
}

async function resolveRevision(
  repoServer: RepoServer,
  { targetRevision = '', chart, tagPrefix }: ApplicationSource,
  access: RepositoryAccess,
  signal: AbortSignal,
): Promise<string> {
  const query: RevisionQuery = { targetRevision, ...(chart ? { chart } : {}), ...(tagPrefix ? { tagPrefix } : {}) };
  const request = { repository: toWire(access), revisions: [query], refresh: true };
  const { revisions } = await repoServer.resolveRevisions(request, { signal });
  const [answer] = revisions;
  if (answer && 'revision' in answer) return answer.revision;
  throw new WindlassError(
    answer?.error ?? {
      code: 'REVISION_NOT_FOUND',
      kind: 'NotFound',
      message: `Revision "${targetRevision}" was not found.`,
    },
  );
}

interface RequestInput {
  readonly context: CoreContext;
  readonly application: Application;
  readonly sources: readonly ApplicationSource[];
  readonly revisions: readonly string[];
  readonly access: readonly RepositoryAccess[];
  readonly credentials: KnownCredentials;
  readonly client: KubeClient;
}

async function buildRequest(input: RequestInput): Promise<Parameters<RepoServer['generateManifests']>[0]> {
  const { context, application, client, credentials } = input;
  const { metadata, spec } = application;
  const [version, apiVersions, settings] = await Promise.all([
    client.version({ signal: context.signal }),
    client.discovery.apiVersions({ signal: context.signal }),
    new SettingsCache(context).current(),
  ]);
  return {
    appName: instanceName({
      name: metadata.name ?? '',
      namespace: metadata.namespace ?? '',
      controlNamespace: context.namespace,
    }),
    namespace: spec.destination.namespace ?? '',
    project: spec.project,
    sources: [...input.sources],
    revisions: [...input.revisions],
    repositories: input.access.map(toWire),
    dependencyRepositories: credentials.repositories
      .filter(({ project }) => project === undefined || project === spec.project)
      .map(({ url }) => toWire(matchRepositoryCredential(url, credentials, spec.project))),
    cluster: { kubeVersion: version.gitVersion, apiVersions: [...apiVersions] },
    settings: settings.render,
  };
}

function noRenderer(): WindlassError {
  return new WindlassError({
    code: 'REPO_SERVER_MISSING',
    kind: 'Unimplemented',
    message: 'Nothing is here that renders manifests: this command line was started without a repo-server.',
    hint: 'Use --source live for what the cluster holds.',
  });
}
