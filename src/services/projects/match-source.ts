import type { AppProjectSpec } from '#core/api';
import { normalizeRepoUrl } from '#libs/git';
import { isDenial, matchPattern } from './match-pattern.ts';

/** Whether a project permits a repository (`compatibility.md` b.2). A denial that matches beats every permission. */
export function matchSource({ sourceRepos = [] }: Pick<AppProjectSpec, 'sourceRepos'>, repoUrl: string): boolean {
  const url = normalizeRepoUrl(repoUrl);
  let isAllowed = false;
  for (const pattern of sourceRepos) {
    if (matchPattern(normalizePattern(pattern), url, '/')) isAllowed = true;
    else if (isDenial(pattern)) return false;
  }
  return isAllowed;
}

function normalizePattern(pattern: string): string {
  if (pattern === '*') return pattern;
  return isDenial(pattern) ? `!${normalizeRepoUrl(pattern.slice(1))}` : normalizeRepoUrl(pattern);
}
