/**
 * The form in which two spellings of a repository URL are compared (`compatibility.md` a.2, SameURL): trimmed, lower
 * case, `user@host:path` as `host/path`, without `ssh://` and its user, `.git` and a trailing slash.
 */
export function normalizeRepoUrl(url: string): string {
  let text = url.trim().toLowerCase();
  if (text.startsWith('ssh://')) text = withoutUser(text.slice('ssh://'.length));
  else if (!text.includes('://')) text = fromScp(text);
  else text = text.replace(/^([a-z+]+:\/\/)[^/@]*@/, '$1');
  return text
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replace(/\/+$/, '');
}

/** Whether two URLs name the same repository. */
export function isSameRepo(left: string, right: string): boolean {
  return normalizeRepoUrl(left) === normalizeRepoUrl(right);
}

function fromScp(text: string): string {
  const match = /^(?:[^@/:]+@)?([^/:]+):(?!\/\/)(.*)$/.exec(text);
  if (!match) return withoutUser(text);
  return `${match[1]}/${(match[2] as string).replace(/^\/+/, '')}`;
}

function withoutUser(text: string): string {
  return text.replace(/^[^/@]*@/, '');
}
