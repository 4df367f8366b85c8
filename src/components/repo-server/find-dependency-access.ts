import type { GenerateManifestsRequest } from '#core/contracts';
import { fromWire } from '#services/credentials';
import type { RepositoryAccess } from '#services/credentials';
import { matchSource } from '#services/projects';
import { matchRepositoryUrl } from './match-repository-url.ts';

export type DependencyRules = Pick<
  GenerateManifestsRequest,
  'repositories' | 'dependencyRepositories' | 'permittedRepositories'
>;

/**
 * How to reach the repository of a chart dependency; undefined when the project does not permit it, or nobody has
 * configured what an alias names. Public repositories need no configuration, only the project's permission. Pure.
 */
export function findDependencyAccess(rules: DependencyRules, repository: string): RepositoryAccess | undefined {
  const configured = [...rules.repositories, ...(rules.dependencyRepositories ?? [])].map(fromWire);
  const found = matchRepositoryUrl(configured, repository);
  if (found || !/^(https?|oci):\/\//i.test(repository)) return found;
  const sourceRepos = [...(rules.permittedRepositories ?? [])];
  return matchSource({ sourceRepos }, repository) ? { url: repository, type: 'helm' } : undefined;
}
