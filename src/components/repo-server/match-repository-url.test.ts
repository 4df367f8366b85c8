import { describe, expect, it } from 'vitest';
import type { RepositoryAccess } from '#services/credentials';
import { matchRepositoryUrl } from './match-repository-url.ts';

const repositories: RepositoryAccess[] = [
  { url: 'https://charts.example.com', type: 'helm', name: 'all' },
  { url: 'https://charts.example.com/team', type: 'helm', name: 'team' },
  { url: 'registry.example.com/charts', type: 'helm', name: 'oci', enableOci: true },
];

describe('matchRepositoryUrl', () => {
  it.each([
    ['@team', 'team'],
    ['alias:all', 'all'],
    ['https://charts.example.com/', 'all'],
    ['https://CHARTS.example.com/team/x', 'team'],
    ['oci://registry.example.com/charts/sub', 'oci'],
    ['https://charts.example.com.evil.org', undefined],
    ['https://charts.example.com-evil/team', undefined],
    ['oci://registry.example.com/charts-evil', undefined],
    ['@none', undefined],
  ])('for %s finds %s', (repository, name) => {
    expect(matchRepositoryUrl(repositories, repository)?.name).toBe(name);
  });
});
