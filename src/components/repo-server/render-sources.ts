import { WindlassError, toWindlassError } from '#base/errors';
import type { ApplicationSource } from '#core/api';
import type { GenerateManifestsRequest, ObjectOrigin, SourceType } from '#core/contracts';
import { sourceError } from '#core/contracts';
import { BuildEnvironment, ClusterView, RecordingTree, renderSource } from '#core/manifests';
import type { RenderTools, SourceResult } from '#core/manifests';
import type { KubeObject } from '#libs/kube';
import type { OpenedSource } from './open-source.ts';
import { hashCluster } from './render-record.ts';
import type { RenderDependencies } from './render-record.ts';

export interface RenderedSources {
  readonly objects: readonly KubeObject[];
  readonly origins: readonly ObjectOrigin[];
  readonly sourceTypes: readonly (SourceType | '')[];
  readonly commands: readonly string[];
  readonly warnings: readonly string[];
  readonly dependencies: Omit<RenderDependencies, 'tools' | 'repositories'>;
}

export interface RenderRun {
  readonly request: GenerateManifestsRequest;
  readonly opened: readonly OpenedSource[];
  readonly tools: RenderTools;
  /** Runs the render of one source, for measuring. */
  readonly around: (task: () => Promise<SourceResult>) => Promise<SourceResult>;
  readonly signal: AbortSignal;
}

/** Renders all sources of an application one after the other. The first failure fails all: never a shorter list. */
export async function renderSources({ request, opened, tools, around, signal }: RenderRun): Promise<RenderedSources> {
  const { sources, revisions } = request;
  const trees = opened.map(({ tree, path }) => new RecordingTree(tree, path));
  assertReferences(sources);
  const references = new Map(sources.flatMap(({ ref }, i) => (ref ? [[ref, trees[i] as RecordingTree] as const] : [])));
  const cluster = new ClusterView(request.cluster);
  const environments: BuildEnvironment[] = [];
  const results: (SourceResult | undefined)[] = [];
  for (const [i, source] of sources.entries()) {
    const { path } = opened[i] as OpenedSource;
    const environment = buildEnvironment(request, i);
    environments.push(environment);
    if (isReferenceOnly(source)) {
      results.push(undefined);
      continue;
    }
    const { appName, namespace, project, settings } = request;
    const shared = { appName, namespace, project, settings, cluster, references, environment, tools, signal };
    const tree = trees[i] as RecordingTree;
    const task = () => around(() => renderSource({ ...shared, source, tree, path }));
    results.push(await task().catch((error: unknown) => rethrow(error, i, sources.length)));
  }
  const rendered = results.flatMap((result, source) => (result?.objects ?? []).map((one) => ({ ...one, source })));
  return {
    objects: rendered.map(({ object }) => object),
    origins: rendered.map(({ object: _object, ...origin }) => origin),
    sourceTypes: results.map((result) => result?.type ?? ''),
    commands: results.flatMap((result) => result?.commands ?? []),
    warnings: results.flatMap((result) => result?.warnings ?? []),
    dependencies: {
      reads: await Promise.all(trees.map((tree) => tree.reads(signal))),
      revisions: environments.map(({ usesRevision }, i) => (usesRevision ? (revisions[i] ?? '') : null)),
      cluster: cluster.isUsed ? hashCluster(request.cluster) : null,
    },
  };
}

/** Throws SOURCE_INVALID for names that are malformed or stand for two sources (`compatibility.md` a.1). */
function assertReferences(sources: readonly ApplicationSource[]): void {
  const names = sources.flatMap(({ ref }) => (ref ? [ref] : []));
  const wrong = names.find((name, i) => !/^[\w-]+$/.test(name) || names.indexOf(name) !== i);
  if (wrong === undefined) return;
  throw new WindlassError({
    code: 'SOURCE_INVALID',
    kind: 'InvalidInput',
    message: `The ref "${wrong.slice(0, 100)}" of a source is malformed or used twice.`,
    hint: 'Give each source a ref of its own, of letters, digits, "-" and "_".',
    at: { field: 'sources.ref' },
  });
}

/** A source that only lends its files to others. */
function isReferenceOnly({ ref, path, chart }: ApplicationSource): boolean {
  return Boolean(ref) && !path && !chart;
}

function buildEnvironment(
  { appName, namespace, project, sources, revisions }: GenerateManifestsRequest,
  i: number,
): BuildEnvironment {
  const source = sources[i] as ApplicationSource;
  return new BuildEnvironment({
    appName,
    namespace,
    project,
    revision: revisions[i] ?? '',
    repoURL: source.repoURL,
    path: source.path ?? '',
    targetRevision: source.targetRevision ?? '',
  });
}

function rethrow(error: unknown, index: number, count: number): never {
  throw sourceError(toWindlassError(error), index, count);
}
