import { WindlassError } from '#base/errors';
import type { Tree } from '#base/tree';
import type { ApplicationSource } from '#core/api';
import type { RenderSettings } from '#core/contracts';
import { sourcePath } from '#core/manifests';
import type { GitStore } from '#libs/git';
import { isDigest } from '#libs/registry';
import { toGitAccess } from '#services/credentials';
import type { RepositoryAccess } from '#services/credentials';
import type { ArtifactOpener } from './artifact-opener.ts';
import type { ChartStore } from './chart-store.ts';

/** The files of a source at a revision. */
export interface OpenedSource {
  readonly tree: Tree;
  /** Directory of the source in the tree. */
  readonly path: string;
}

export interface SourceStores {
  readonly git: GitStore;
  readonly charts: ChartStore;
  readonly artifacts: ArtifactOpener;
}

export interface OpenRequest {
  readonly source: ApplicationSource;
  readonly access: RepositoryAccess;
  readonly revision: string;
  readonly settings: RenderSettings;
  readonly refresh: boolean;
  readonly signal: AbortSignal;
}

/** Opens what a source is made of: a commit, a chart, or an OCI artifact. Nothing is fetched that is already here. */
export async function openSource(stores: SourceStores, request: OpenRequest): Promise<OpenedSource> {
  const { source, access, revision, settings, refresh, signal } = request;
  if (source.chart) {
    const passCredentials = source.helm?.passCredentials ?? false;
    return stores.charts.tree({ access, name: source.chart, version: revision, passCredentials, refresh, signal });
  }
  const path = sourcePath(source.path);
  if (isArtifact(source)) {
    if (!isDigest(revision)) throw notADigest(revision);
    const { tree, root } = await stores.artifacts.open(access, source.repoURL, revision, signal);
    return { tree, path: [root, path].filter(Boolean).join('/') };
  }
  return { tree: await stores.git.tree(toGitAccess(access, settings.submodules), revision, signal), path };
}

/** Whether a source is a generic OCI artifact: a tree of files, not a chart. */
function isArtifact({ repoURL, chart }: ApplicationSource): boolean {
  return !chart && repoURL.startsWith('oci://');
}

function notADigest(revision: string): WindlassError {
  return new WindlassError({
    code: 'REVISION_NOT_RESOLVED',
    kind: 'InvalidInput',
    message: `An OCI source is rendered by digest, not by "${revision.slice(0, 100)}".`,
    hint: 'Resolve the revision first.',
  });
}
