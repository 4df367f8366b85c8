import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { HttpAgents } from '#base/http-agents';
import { Limiter } from '#base/limiter';
import { SharedFlight } from '#base/shared-flight';
import { repoServerContract } from '#core/contracts';
import type { RepoServer } from '#core/contracts';
import { createArtifactStore } from '#libs/registry';
import { connectInProcess } from '#libs/rpc';
import type { HandlersOf } from '#libs/rpc';
import { ArtifactOpener } from './artifact-opener.ts';
import { ChartStore } from './chart-store.ts';
import { createHandlers } from './create-handlers.ts';
import type { GenerateDependencies } from './generate-manifests.ts';
import { RecordStore } from './record-store.ts';
import { RefAdvertisements } from './ref-cache.ts';
import { createRepoServerMetrics } from './repo-server-metrics.ts';
import type { RepoServerOptions } from './repo-server-options.ts';
import { Toolbox } from './toolbox.ts';

export interface RunningRepoServer extends AsyncDisposable {
  /** For callers in this process: requests and answers are passed by reference and may be shared, do not change them. */
  readonly client: RepoServer;
  /** For `serveHttp` of `#libs/rpc`. */
  readonly handlers: HandlersOf<typeof repoServerContract>;
  /** Forgets renders that nobody asked for in 30 days. What they rendered is the manifest store's. */
  collectGarbage(): Promise<void>;
  close(): Promise<void>;
}

const maxRecordAgeMs = 30 * 24 * 3_600_000;

/** Everything that turns sources into objects, in this process. It owns `dataDir`; Git store and registry stay the caller's. */
export function createRepoServer(options: RepoServerOptions): RunningRepoServer {
  const { gitStore, registry, dataDir, clock, log } = options;
  const charts = new ChartStore({ dir: join(dataDir, 'charts'), clock, log, registry });
  const generate = createDependencies(options, charts);
  // What a crash left behind.
  rmSync(generate.scratchDir, { recursive: true, force: true });
  mkdirSync(generate.scratchDir, { recursive: true, mode: 0o700 });
  const refs = new RefAdvertisements({ git: gitStore, clock });
  const handlers = createHandlers({ git: gitStore, registry, charts, refs, generate });
  const close = async () => {
    await Promise.all([generate.agents.close(), charts.close()]);
    await rm(generate.scratchDir, { recursive: true, force: true });
  };
  return {
    handlers,
    client: connectInProcess(repoServerContract, handlers, { clock }),
    collectGarbage: () => generate.records.collectGarbage(maxRecordAgeMs),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createDependencies(options: RepoServerOptions, charts: ChartStore): GenerateDependencies {
  const { gitStore, registry, manifestStore, dataDir, settings = {}, clock, log, metrics } = options;
  const layerTypes = settings.ociLayerTypes ? { layerTypes: settings.ociLayerTypes } : {};
  const artifacts = createArtifactStore({
    dir: join(dataDir, 'artifacts'),
    client: registry,
    clock,
    log,
    ...layerTypes,
  });
  return {
    options,
    stores: { git: gitStore, charts, artifacts: new ArtifactOpener(artifacts) },
    records: new RecordStore({ dir: join(dataDir, 'records'), clock }),
    manifests: manifestStore,
    toolbox: new Toolbox(options),
    agents: new HttpAgents(),
    scratchDir: join(dataDir, 'scratch'),
    plugins: new Map((settings.plugins ?? []).map((plugin) => [plugin.name, plugin])),
    limiter: new Limiter(settings.parallelism ?? availableParallelism()),
    flights: new SharedFlight(),
    metrics: createRepoServerMetrics(metrics),
  };
}
