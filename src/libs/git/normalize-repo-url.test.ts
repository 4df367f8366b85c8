import { describe, expect, it } from 'vitest';
import { isSameRepo, normalizeRepoUrl } from './normalize-repo-url.ts';

describe('normalizeRepoUrl', () => {
  it.each([
    ['https://github.com/Org/Repo.git', 'https://github.com/org/repo'],
    [' https://github.com/org/repo/ ', 'https://github.com/org/repo'],
    ['https://user:pw@github.com/org/repo', 'https://github.com/org/repo'],
    ['git@github.com:org/repo.git', 'github.com/org/repo'],
    ['ssh://git@github.com/org/repo.git', 'github.com/org/repo'],
    ['ssh://git@github.com:2222/org/repo', 'github.com:2222/org/repo'],
    ['github.com/org/repo', 'github.com/org/repo'],
    ['oci://registry.example.com/charts/app', 'oci://registry.example.com/charts/app'],
  ])('turns %s into %s', (url, normalized) => {
    expect(normalizeRepoUrl(url)).toBe(normalized);
  });

  it('is idempotent', () => {
    for (const url of ['git@h:p/q.git', 'ssh://u@h/p.git/', 'https://h/p']) {
      expect(normalizeRepoUrl(normalizeRepoUrl(url))).toBe(normalizeRepoUrl(url));
    }
  });

  it('sees the scp form and the ssh URL as the same repository', () => {
    expect(isSameRepo('git@host:org/repo.git', 'ssh://git@host/org/repo')).toBe(true);
  });
});
