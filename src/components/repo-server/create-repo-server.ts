import { availableParallelism } from 'node:os';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpAgents } from '#base/http-agents';
import { Limiter } from '#base/limiter';
import { SharedFlight } from '#base/shared-flight';
import { repoServerContract } from '#core/contracts';
import type { RepoServer } from '#core/contracts';
import { connectInProcess } from '#libs/rpc';
import type { HandlersOf } from '#libs/rpc';
import { createArtifactStore } from '#libs/registry';
import { fromWire, toGitAccess, toRegistryAccess } from '#services/credentials';
import { ArtifactOpener } from './artifact-opener.ts';
import { isOciRepository } from './chart-access.ts';
import { ChartStore } from './chart-store.ts';
import { generateManifests } from './generate-manifests.ts';
import type { GenerateDependencies } from './generate-manifests.ts';
import { RecordStore } from './record-store.ts';
import { RefAdvertisements } from './ref-cache.ts';
import type { RepoServerOptions } from './repo-server-options.ts';
import { createRepoServerMetrics } from './repo-server-metrics.ts';
import { resolveRevisions } from './resolve-revisions.ts';
import { Toolbox } from './toolbox.ts';

export interface RunningRepoServer extends AsyncDisposable {
  /** For callers in this process: requests and answers are passed by reference, do not change them. */
  readonly client: RepoServer;
  /** For a network server around it. */
  readonly handlers: HandlersOf<typeof repoServerContract>;
  close(): Promise<void>;
}

/** Everything that turns sources into objects, in this process. It owns `dataDir`; Git store and registry stay the caller's. */
export function createRepoServer(options: RepoServerOptions): RunningRepoServer {
  const { gitStore, registry, manifestStore, dataDir, settings = {}, clock, log, metrics: series } = options;
  const agents = new HttpAgents();
  const charts = new ChartStore({ dir: join(dataDir, 'charts'), clock, log, registry });
  const layerTypes = settings.ociLayerTypes ? { layerTypes: settings.ociLayerTypes } : {};
  const artifacts = createArtifactStore({
    dir: join(dataDir, 'artifacts'),
    client: registry,
    clock,
    log,
    ...layerTypes,
  });
  const refs = new RefAdvertisements({ git: gitStore, clock });
  const toolbox = new Toolbox(options);
  const scratchDir = join(dataDir, 'scratch');
  // What a crash left behind.
  const ready = rm(scratchDir, { recursive: true, force: true });
  const generate: GenerateDependencies = {
    options,
    stores: { git: gitStore, charts, artifacts: new ArtifactOpener(artifacts) },
    records: new RecordStore({ dir: join(dataDir, 'records'), clock }),
    manifests: manifestStore,
    toolbox,
    agents,
    scratchDir,
    plugins: new Map((settings.plugins ?? []).map((plugin) => [plugin.name, plugin])),
    limiter: new Limiter(settings.parallelism ?? availableParallelism()),
    flights: new SharedFlight(),
    metrics: createRepoServerMetrics(series),
  };
  const handlers: HandlersOf<typeof repoServerContract> = {
    resolveRevisions: (request, { signal }) =>
      resolveRevisions({ git: gitStore, registry, charts, refs }, request, signal),
    async generateManifests(request, { signal }) {
      await ready;
      return generateManifests(generate, request, signal);
    },
    async revisionMetadata({ repository, revision }, { signal }) {
      const access = fromWire(repository);
      if (access.type !== 'git' || access.url.startsWith('oci://')) return { tags: [] };
      const { author, date, message } = await gitStore.commit(toGitAccess(access), revision, signal);
      return { author, date, message, tags: await tagsOf(revision, access, signal) };
    },
    async testRepository({ repository }, { signal }) {
      const access = fromWire(repository);
      if (access.type === 'git' && !access.url.startsWith('oci://'))
        await gitStore.refs(toGitAccess(access), ['HEAD'], signal);
      else if (!isOciRepository(access)) await charts.test(access, signal);
      // A registry host alone has nothing to list.
      else if (access.url.startsWith('oci://')) await registry.tags(toRegistryAccess(access), access.url, signal);
      return {};
    },
    rendererStatus: () => toolbox.status(),
  };
  const close = async () => {
    await Promise.all([agents.close(), charts.close()]);
    await rm(scratchDir, { recursive: true, force: true });
  };
  return {
    handlers,
    client: connectInProcess(repoServerContract, handlers, { clock }),
    close,
    [Symbol.asyncDispose]: close,
  };

  async function tagsOf(sha: string, access: ReturnType<typeof fromWire>, signal: AbortSignal): Promise<string[]> {
    const tags = await refs.get(access, ['refs/tags/'], false, signal);
    return tags.filter((ref) => (ref.peeled ?? ref.sha) === sha).map(({ name }) => name.slice('refs/tags/'.length));
  }
}
