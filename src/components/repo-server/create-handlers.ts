import type { repoServerContract } from '#core/contracts';
import type { GitStore } from '#libs/git';
import type { RegistryClient } from '#libs/registry';
import type { HandlersOf } from '#libs/rpc';
import { fromWire, toGitAccess, toRegistryAccess } from '#services/credentials';
import type { RepositoryAccess } from '#services/credentials';
import { isOciRepository } from './chart-access.ts';
import type { ChartStore } from './chart-store.ts';
import { generateManifests } from './generate-manifests.ts';
import type { GenerateDependencies } from './generate-manifests.ts';
import type { RefAdvertisements } from './ref-cache.ts';
import { resolveRevisions } from './resolve-revisions.ts';

export interface HandlerDependencies {
  readonly git: GitStore;
  readonly registry: RegistryClient;
  readonly charts: ChartStore;
  readonly refs: RefAdvertisements;
  readonly generate: GenerateDependencies;
}

/** The contract's methods over what they need. */
export function createHandlers(dependencies: HandlerDependencies): HandlersOf<typeof repoServerContract> {
  const { git, refs, generate } = dependencies;
  return {
    resolveRevisions: (request, { signal }) => resolveRevisions(dependencies, request, signal),
    generateManifests: (request, { signal }) => generateManifests(generate, request, signal),
    async revisionMetadata({ repository, revision }, { signal }) {
      const access = fromWire(repository);
      if (!isGit(access)) return { tags: [] };
      const { author, date, message } = await git.commit(toGitAccess(access), revision, signal);
      return { author, date, message, tags: await tagsOf(refs, revision, access, signal) };
    },
    async testRepository({ repository }, { signal }) {
      await testRepository(dependencies, fromWire(repository), signal);
      return {};
    },
    rendererStatus: () => generate.toolbox.status(),
  };
}

function isGit({ type, url }: RepositoryAccess): boolean {
  return type === 'git' && !url.startsWith('oci://');
}

async function testRepository(
  { git, registry, charts }: HandlerDependencies,
  access: RepositoryAccess,
  signal: AbortSignal,
): Promise<void> {
  if (isGit(access)) await git.refs(toGitAccess(access), ['HEAD'], signal);
  else if (!isOciRepository(access)) await charts.test(access, signal);
  // A registry's host alone has nothing to list.
  else if (access.url.startsWith('oci://')) await registry.tags(toRegistryAccess(access), access.url, signal);
}

async function tagsOf(
  refs: RefAdvertisements,
  sha: string,
  access: RepositoryAccess,
  signal: AbortSignal,
): Promise<string[]> {
  const tags = await refs.get(access, ['refs/tags/'], false, signal);
  return tags.filter((ref) => (ref.peeled ?? ref.sha) === sha).map(({ name }) => name.slice('refs/tags/'.length));
}
