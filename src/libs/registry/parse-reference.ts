import { invalidReference } from './registry-errors.ts';

/** A repository in a registry. */
export interface RepositoryReference {
  /** `host[:port]`, lower case. */
  readonly host: string;
  /** Path in the registry, without slashes at its ends. */
  readonly repository: string;
}

const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const hostPattern = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const tagPattern = /^\w[\w.-]{0,127}$/;

/** Reads `oci://host[:port]/path` or the same without scheme. Throws REGISTRY_REFERENCE_INVALID. */
export function parseRepositoryReference(url: string): RepositoryReference {
  const text = url
    .trim()
    .replace(/^oci:\/\//i, '')
    .replace(/\/+$/, '');
  const slash = text.indexOf('/');
  const host = (slash < 0 ? text : text.slice(0, slash)).toLowerCase();
  const repository = slash < 0 ? '' : text.slice(slash + 1);
  if (!hostPattern.test(host)) throw invalidReference(url, 'it names no registry');
  if (repository.length > 255 || !repositoryPattern.test(repository)) {
    throw invalidReference(url, 'the path must be lower-case names separated by slashes');
  }
  return { host, repository };
}

export function isDigest(revision: string): boolean {
  return digestPattern.test(revision);
}

/** Throws REGISTRY_REFERENCE_INVALID for what is neither a tag nor a digest. */
export function assertTagOrDigest(revision: string): void {
  if (!tagPattern.test(revision) && !isDigest(revision))
    throw invalidReference(revision, 'it is neither a tag nor a sha256 digest');
}
