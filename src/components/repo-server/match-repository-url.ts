import type { RepositoryAccess } from '#services/credentials';

/**
 * The access to use for the repository of a chart dependency: by its name for `@name` and `alias:name`, else the one with
 * the same URL, else the one with the longest URL above it by whole path segments. Pure.
 */
export function matchRepositoryUrl(
  repositories: readonly RepositoryAccess[],
  repository: string,
): RepositoryAccess | undefined {
  const alias = /^(?:@|alias:)(.+)$/.exec(repository)?.[1];
  if (alias !== undefined) return repositories.find(({ name }) => name === alias);
  const wanted = canonical(repository);
  const covering = repositories
    .filter((access) => wanted === canonical(access.url) || wanted.startsWith(`${canonical(access.url)}/`))
    .toSorted((a, b) => b.url.length - a.url.length)[0];
  return covering && { ...covering, url: repository };
}

/** Host in lower case, no trailing slash. Registries may be named without the scheme. */
function canonical(url: string): string {
  const text = url
    .trim()
    .replace(/\/+$/, '')
    .replace(/^oci:\/\//i, '');
  return URL.canParse(text) && /^https?:/i.test(text) ? new URL(text).href.replace(/\/+$/, '') : text;
}
