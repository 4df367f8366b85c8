/** What an entry of a kustomization names outside of its repository. */
export type RemoteEntry =
  | { readonly type: 'file'; readonly url: string }
  | {
      readonly type: 'repository';
      readonly url: string;
      /** Branch, tag or commit; '' for HEAD. */
      readonly ref: string;
      /** Directory in the repository, '' for its root. */
      readonly path: string;
    };

const knownHosts = /^(?:[^/@]*@)?(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)$/i;

/**
 * Reads a remote target as Kustomize does: `https://host/org/repo//path?ref=v1`, `github.com/org/repo/path`,
 * `git@host:org/repo.git//path`, or the URL of a single file. Undefined for a local path. Pure.
 */
export function parseRemoteEntry(entry: string): RemoteEntry | undefined {
  const [target = '', query = ''] = entry.replace(/^git::/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const ref = parameters.get('ref') ?? parameters.get('version') ?? '';
  const location = splitHost(target);
  if (!location) return undefined;
  const { base, host, rest } = location;
  if (/^https?:/i.test(base) && ref === '' && /\.ya?ml$|\.json$/i.test(rest) && !rest.includes('//'))
    return { type: 'file', url: entry };
  const { repository, path } = splitRepository(host, rest);
  return { type: 'repository', url: base + repository, ref, path };
}

function splitHost(target: string): { base: string; host: string; rest: string } | undefined {
  const [, scheme, host, rest] = /^((?:https?|ssh):\/\/)([^/]+)\/(.*)$/i.exec(target) ?? [];
  if (scheme !== undefined && host !== undefined) return { base: `${scheme}${host}/`, host, rest: rest ?? '' };
  const [, scp, path] = /^([\w.-]+@[\w.-]+):(?!\/)(.+)$/.exec(target) ?? [];
  if (scp !== undefined) return { base: `${scp}:`, host: scp, rest: path ?? '' };
  const [, bare = '', below] = /^([\w.-]+)\/(.+)$/.exec(target) ?? [];
  return knownHosts.test(bare) ? { base: `https://${bare}/`, host: bare, rest: below ?? '' } : undefined;
}

function splitRepository(host: string, rest: string): { repository: string; path: string } {
  const trim = (path: string) => path.replaceAll(/^\/+|\/+$/g, '');
  const slashes = rest.indexOf('//');
  if (slashes >= 0) return { repository: rest.slice(0, slashes), path: trim(rest.slice(slashes)) };
  const git = /^(.*?\.git)(?:\/(.*))?$/.exec(rest);
  if (git) return { repository: git[1] ?? '', path: trim(git[2] ?? '') };
  const segments = rest.split('/');
  if (knownHosts.test(host))
    return { repository: segments.slice(0, 2).join('/'), path: trim(segments.slice(2).join('/')) };
  return { repository: trim(rest), path: '' };
}
