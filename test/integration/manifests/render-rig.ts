import { join } from 'node:path';
import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { createRegistry } from '#base/metrics';
import { tempDir } from '#base/tempdir';
import { createRepoServer } from '#components/repo-server';
import type { RepoServerSettings, RunningRepoServer } from '#components/repo-server';
import type { ApplicationSource } from '#core/api';
import { defaultRenderSettings } from '#core/contracts';
import type {
  GeneratedManifests,
  GenerateManifestsRequest,
  RenderSettings,
  RepoServer,
  WireRepositoryAccess,
} from '#core/contracts';
import { startGitServer } from '#harness';
import type { Files, TestRepository } from '#harness';
import { createGitStore } from '#libs/git';
import type { KubeObject } from '#libs/kube';
import { createRegistryClient } from '#libs/registry';
import { toWire } from '#services/credentials';
import { createManifestStore } from '#services/manifest-store';

/** A repository on a Git server and a repo-server that reads it. */
export interface RenderRig extends AsyncDisposable {
  readonly repository: TestRepository;
  readonly repoServer: RepoServer;
  readonly handlers: RunningRepoServer['handlers'];
  readonly url: string;
  readonly dataDir: string;
  /** Renders the head of main. */
  render(
    source: Partial<ApplicationSource> | readonly Partial<ApplicationSource>[],
    more?: Partial<GenerateManifestsRequest>,
  ): Promise<GeneratedManifests>;
  /** Another repo-server on the same data, as after a restart. */
  restart(): Promise<RenderRig>;
  /** Sum of a counter over its labels. */
  count(metric: string): Promise<number>;
}

export const cluster = { kubeVersion: 'v1.36.1', apiVersions: ['v1', 'apps/v1', 'apps/v1/Deployment'] };

export function gitAccess(url: string): WireRepositoryAccess {
  return toWire({ url, type: 'git' });
}

/** Programs unpacked once for all runs; their digests are checked each time. */
export const binDir = join(import.meta.dirname, '../../../node_modules/.cache/windlass-bin');

export async function startRenderRig(files: Files = {}, settings: RepoServerSettings = {}): Promise<RenderRig> {
  const stack = new AsyncDisposableStack();
  const dir = stack.use(await tempDir('windlass-render-'));
  const server = stack.use(await startGitServer());
  return openRig(stack, { repository: await server.createRepository('repo', files), dir, settings });
}

interface RigParts {
  readonly repository: TestRepository & { readonly url: string };
  readonly dir: { readonly path: string };
  readonly settings: RepoServerSettings;
}

async function openRig(stack: AsyncDisposableStack, parts: RigParts): Promise<RenderRig> {
  const { repository, dir, settings } = parts;
  const options = { clock: systemClock, log: silentLogger };
  const metrics = createRegistry();
  const gitStore = stack.use(createGitStore({ ...options, dir: join(dir.path, 'git'), metrics }));
  const registry = stack.use(createRegistryClient(options));
  const manifestStore = createManifestStore({ ...options, dir: join(dir.path, 'manifests') });
  const repoServer = stack.use(
    createRepoServer({
      ...options,
      gitStore,
      registry,
      manifestStore,
      metrics,
      dataDir: join(dir.path, 'render'),
      settings: { binDir, ...settings },
    }),
  );
  const { url } = repository;
  return {
    repository,
    repoServer: repoServer.client,
    handlers: repoServer.handlers,
    url,
    dataDir: dir.path,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
    restart: () => openRig(new AsyncDisposableStack(), parts),
    async count(metric) {
      const found = metrics.getSingleMetric(metric);
      return ((await found?.get())?.values ?? []).reduce((sum, { value }) => sum + value, 0);
    },
    async render(given, more = {}) {
      const sources = [given].flat().map((source) => ({ repoURL: url, ...source })) as ApplicationSource[];
      const head = await repository.git('rev-parse', 'main');
      const answer = await repoServer.client.generateManifests({
        ...requestFor(sources, url),
        revisions: sources.map(() => head),
        ...more,
      });
      if (answer.unchanged) throw new Error('Nothing was rendered.');
      return answer;
    },
  };
}

export function requestFor(
  sources: ApplicationSource[],
  url: string,
  settings: RenderSettings = defaultRenderSettings,
): GenerateManifestsRequest {
  return {
    appName: 'demo',
    namespace: 'demo-ns',
    project: 'default',
    sources,
    revisions: [],
    repositories: sources.map(() => gitAccess(url)),
    cluster,
    settings,
  };
}

export function namesOf(objects: readonly KubeObject[]): string[] {
  return objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

export function configMap(name: string, value = '1'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {v: "${value}"}\n`;
}
