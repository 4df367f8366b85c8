import { withDeadline } from '#base/abort';
import { WindlassError, toWindlassError } from '#base/errors';
import { hashJson } from '#base/hash';
import type { HttpAgents } from '#base/http-agents';
import type { Limiter } from '#base/limiter';
import type { SharedFlight } from '#base/shared-flight';
import type { GeneratedManifests, GenerateManifestsRequest, UnchangedManifests } from '#core/contracts';
import { sourceError } from '#core/contracts';
import type { PluginCommand, SourceResult } from '#core/manifests';
import type { KubeObject } from '#libs/kube';
import { fromWire } from '#services/credentials';
import type { ManifestStore } from '#services/manifest-store';
import { openSource } from './open-source.ts';
import type { OpenedSource, SourceStores } from './open-source.ts';
import type { RecordStore } from './record-store.ts';
import { buildRenderKey, hashCluster, holdsRecord, recordVersion } from './render-record.ts';
import type { RenderRecord } from './render-record.ts';
import { RenderSession } from './render-session.ts';
import { renderSources } from './render-sources.ts';
import type { RepoServerOptions } from './repo-server-options.ts';
import type { RepoServerMetrics } from './repo-server-metrics.ts';
import type { Toolbox } from './toolbox.ts';

export interface GenerateDependencies {
  readonly options: RepoServerOptions;
  readonly stores: SourceStores;
  readonly records: RecordStore;
  readonly manifests: ManifestStore;
  readonly toolbox: Toolbox;
  readonly agents: HttpAgents;
  readonly scratchDir: string;
  readonly plugins: ReadonlyMap<string, PluginCommand>;
  readonly limiter: Limiter;
  readonly flights: SharedFlight<Rendered>;
  readonly metrics: RepoServerMetrics;
}

interface Rendered {
  readonly record: RenderRecord;
  readonly objects: readonly KubeObject[];
}

const defaultTimeoutMs = 90_000;

/**
 * The objects of an application's sources. When nothing that an earlier render read has changed, that one's result is the
 * answer; otherwise all sources are rendered, at most as many applications at a time as there are cores.
 */
export async function generateManifests(
  dependencies: GenerateDependencies,
  request: GenerateManifestsRequest,
  signal: AbortSignal,
): Promise<UnchangedManifests | GeneratedManifests> {
  const { records, manifests, toolbox, metrics } = dependencies;
  assertAligned(request);
  const opened = await openSources(dependencies, request, signal);
  const specKey = buildSpecKey(request, dependencies.plugins);
  const trees = opened.map(({ tree }) => tree);
  const present = {
    trees,
    revisions: request.revisions,
    cluster: hashCluster(request.cluster),
    rules: request,
    toolbox,
    signal,
  };
  for (const record of request.noCache ? [] : await records.records(specKey)) {
    if (!(await holdsRecord(record, present))) continue;
    if (record.key === request.ifKey) {
      metrics.reuses.inc({ answer: 'unchanged' });
      return { key: record.key, unchanged: true };
    }
    const objects = await manifests.get(record.digest).catch(() => undefined);
    if (!objects) continue;
    metrics.reuses.inc({ answer: 'stored' });
    return answer({ record, objects }, request, false);
  }
  const flight = hashJson([specKey, trees.map(({ id }) => id), request.revisions, present.cluster, request.noCache]);
  const rendered = await dependencies.flights.run(flight, signal, (shared) =>
    render(dependencies, { request, opened, specKey, signal: shared }),
  );
  return answer(rendered, request, true);
}

function answer(
  { record, objects }: Rendered,
  { revisions }: GenerateManifestsRequest,
  rendered: boolean,
): GeneratedManifests {
  const { key, digest, origins, sourceTypes, commands, warnings } = record;
  return {
    unchanged: false,
    key,
    digest,
    rendered,
    revisions: [...revisions],
    objects: [...objects],
    origins: [...origins],
    sourceTypes: [...sourceTypes],
    commands: [...commands],
    warnings: [...warnings],
  };
}

async function openSources(
  { stores }: GenerateDependencies,
  { sources, repositories, revisions, settings, noCache }: GenerateManifestsRequest,
  signal: AbortSignal,
): Promise<OpenedSource[]> {
  const refresh = noCache ?? false;
  const opening = sources.map(async (source, i) => {
    const access = fromWire(repositories[i] as GenerateManifestsRequest['repositories'][number]);
    try {
      return await openSource(stores, { source, access, revision: revisions[i] as string, settings, refresh, signal });
    } catch (error) {
      throw sourceError(toWindlassError(error), i, sources.length);
    }
  });
  return Promise.all(opening);
}

async function render(
  dependencies: GenerateDependencies,
  {
    request,
    opened,
    specKey,
    signal,
  }: { request: GenerateManifestsRequest; opened: readonly OpenedSource[]; specKey: string; signal: AbortSignal },
): Promise<Rendered> {
  const { options, manifests, records, limiter, metrics } = dependencies;
  const { clock, settings } = options;
  const repo = request.sources[0]?.repoURL ?? '';
  metrics.pending.inc({ repo });
  const waitingSince = clock.monotonic();
  try {
    return await limiter.run(async () => {
      metrics.parallelismWait.observe((clock.monotonic() - waitingSince) / 1000);
      using deadline = withDeadline(clock, settings?.renderTimeoutMs ?? defaultTimeoutMs, 'the render', signal);
      await using session = await openSession(dependencies, request);
      const around = (task: () => Promise<SourceResult>) => measure(dependencies, task);
      const {
        dependencies: found,
        objects,
        ...result
      } = await renderSources({ request, opened, tools: session, around, signal: deadline.signal });
      const tools = Object.fromEntries(session.usedTools);
      const { usedRepositories: repositories } = session;
      const key = buildRenderKey(specKey, { ...found, tools, repositories });
      const record: RenderRecord = {
        version: recordVersion,
        ...found,
        ...result,
        tools,
        repositories,
        key,
        digest: await manifests.put(objects),
      };
      await records.add(specKey, record);
      return { record, objects };
    });
  } catch (error) {
    metrics.failures.inc({ code: toWindlassError(error).code });
    throw error;
  } finally {
    metrics.pending.dec({ repo });
  }
}

async function openSession(
  dependencies: GenerateDependencies,
  request: GenerateManifestsRequest,
): Promise<RenderSession> {
  const { options, toolbox, stores, agents, scratchDir, plugins, metrics } = dependencies;
  return new RenderSession({
    toolbox,
    confinement: await toolbox.confinement(),
    charts: stores.charts,
    git: stores.git,
    agents,
    scratchDir,
    plugins,
    rules: request,
    fileHosts: options.settings?.remoteFileHosts ?? [],
    refresh: request.noCache ?? false,
    onStart: (tool) => metrics.processes.inc({ tool }),
  });
}

async function measure(
  { options, metrics }: GenerateDependencies,
  task: () => Promise<SourceResult>,
): Promise<SourceResult> {
  const start = options.clock.monotonic();
  const result = await task();
  metrics.renders.inc({ type: result.type });
  metrics.renderSeconds.observe({ type: result.type }, (options.clock.monotonic() - start) / 1000);
  return result;
}

/** Everything in a request that is no content and no fact about the cluster. Revisions are left out: only content counts. */
function buildSpecKey(
  { appName, namespace, project, sources, settings }: GenerateManifestsRequest,
  plugins: ReadonlyMap<string, PluginCommand>,
): string {
  return hashJson({ appName, namespace, project, sources, settings, plugins: [...plugins.values()] });
}

function assertAligned({ sources, revisions, repositories }: GenerateManifestsRequest): void {
  if (sources.length > 0 && sources.length === revisions.length && sources.length === repositories.length) return;
  throw new WindlassError({
    code: 'REQUEST_INVALID',
    kind: 'InvalidInput',
    message: `Each of ${sources.length} sources needs its revision and its repository; ${revisions.length} and ${repositories.length} were given.`,
  });
}
