import { isSameRepo } from '#libs/git';
import { hasOwnCredentials } from './repository-credential.ts';
import type {
  ConnectionCredentials,
  ConnectionOptions,
  CredentialTemplate,
  RepositoryCredential,
} from './repository-credential.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { RepositoryTrust } from './parse-trust.ts';
import { coverage, hostOf } from './url-scope.ts';

export interface KnownCredentials {
  readonly repositories: readonly RepositoryCredential[];
  readonly templates: readonly CredentialTemplate[];
  /** Certificates and host keys from the ConfigMaps. */
  readonly trust?: RepositoryTrust;
}

/**
 * How to reach a repository for an application of `project` (`compatibility.md` h.5): the repository of that URL which belongs to the
 * project, else the one that belongs to none; without credentials of its own it takes those of the template that covers
 * its URL most specifically. A repository of another project never counts. An unknown URL is reached anonymously, or by a
 * template.
 */
export function matchRepositoryCredential(url: string, known: KnownCredentials, project?: string): RepositoryAccess {
  const sameUrl = known.repositories.filter((repository) => isSameRepo(repository.url, url));
  const repository =
    sameUrl.find((candidate) => candidate.project !== undefined && candidate.project === project) ??
    sameUrl.find((candidate) => candidate.project === undefined);
  const inherits = repository === undefined || !hasOwnCredentials(repository);
  const template = inherits ? bestTemplate(url, known.templates) : undefined;
  return {
    url,
    type: repository?.type ?? template?.type ?? (url.trim().startsWith('oci://') ? 'oci' : 'git'),
    ...(template ? { ...credentialsOf(template), ...optionsOf(template), inheritedFrom: template.url } : {}),
    ...(repository ? { ...credentialsOf(repository), ...optionsOf(repository) } : {}),
    ...(repository?.name ? { name: repository.name } : {}),
    ...(repository?.project ? { project: repository.project } : {}),
    ...(repository?.insecure ? { insecure: true } : {}),
    ...(repository?.enableLfs ? { enableLfs: true } : {}),
    ...trustFor(url, known.trust),
  };
}

/** The template that covers the URL with the most path segments; of equals the first by URL, so that order is no matter. */
function bestTemplate(url: string, templates: readonly CredentialTemplate[]): CredentialTemplate | undefined {
  return templates
    .map((template) => ({ template, depth: coverage(template.url, url) }))
    .filter(({ depth }) => depth >= 0)
    .sort((a, b) => b.depth - a.depth || (a.template.url < b.template.url ? -1 : 1))[0]?.template;
}

function credentialsOf(from: ConnectionCredentials): ConnectionCredentials {
  const { username, password, bearerToken, sshPrivateKey, clientCert, clientKey, githubApp } = from;
  return {
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(bearerToken ? { bearerToken } : {}),
    ...(sshPrivateKey ? { sshPrivateKey } : {}),
    ...(clientCert ? { clientCert } : {}),
    ...(clientKey ? { clientKey } : {}),
    ...(githubApp ? { githubApp } : {}),
  };
}

function optionsOf({ proxy, noProxy, enableOci, insecureOciForceHttp }: ConnectionOptions): ConnectionOptions {
  return {
    ...(proxy ? { proxy } : {}),
    ...(noProxy ? { noProxy } : {}),
    ...(enableOci ? { enableOci } : {}),
    ...(insecureOciForceHttp ? { insecureOciForceHttp } : {}),
  };
}

function trustFor(url: string, trust: RepositoryTrust | undefined): Pick<RepositoryAccess, 'caPem' | 'knownHosts'> {
  const caPem = trust?.certificates.get(hostOf(url) ?? '');
  return { ...(caPem ? { caPem } : {}), ...(trust?.knownHosts ? { knownHosts: trust.knownHosts } : {}) };
}
