import { describe, expect, it } from 'vitest';
import { matchDestination, matchKind, matchNamespace, matchSource } from './index.ts';

const server = 'https://kubernetes.default.svc';

describe('matchSource', () => {
  it.each([
    [['*'], 'https://x/a', true],
    [['https://github.com/org/*'], 'https://github.com/org/repo.git', true],
    [['https://github.com/org/*'], 'https://github.com/org-evil/repo', false],
    [['https://github.com/org/*'], 'https://github.com/org/deep/repo', false],
    [['https://github.com/org/**'], 'https://github.com/org/deep/repo', true],
    [['*', '!https://github.com/bad/*'], 'https://github.com/bad/repo', false],
    [['!https://github.com/bad/*'], 'https://github.com/good/repo', true],
    [[], 'https://x/a', false],
  ])('%j and %s: %s', (sourceRepos, url, expected) => {
    expect(matchSource({ sourceRepos }, url)).toBe(expected);
  });
});

describe('matchDestination', () => {
  it.each([
    [[{ server: '*', namespace: '*' }], 'team', true],
    [[{ server, namespace: 'team-*' }], 'team-a', true],
    [[{ server, namespace: 'team-*' }], 'other', false],
    [
      [
        { server: '*', namespace: '*' },
        { server: '*', namespace: '!kube-system' },
      ],
      'kube-system',
      false,
    ],
    [
      [
        { server: '*', namespace: '*' },
        { server: '*', namespace: '!kube-system' },
      ],
      'team',
      true,
    ],
    [[{ name: 'in-cluster', namespace: '*' }], 'team', true],
    [[{ name: '!in-cluster', namespace: '*' }], 'team', false],
    [
      [
        { server: `!${server}`, namespace: 'team' },
        { server: '*', namespace: '*' },
      ],
      'team',
      false,
    ],
  ])('%j and namespace %s: %s', (destinations, namespace, expected) => {
    expect(matchDestination({ destinations }, { server, name: 'in-cluster', namespace })).toBe(expected);
  });
});

describe('matchKind', () => {
  it('permits namespaced kinds unless listed, cluster-scoped ones only if listed', () => {
    const role = { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', isNamespaced: false };
    const pod = { group: '', kind: 'Pod', isNamespaced: true };
    expect(matchKind({}, pod)).toBe(true);
    expect(matchKind({ namespaceResourceWhitelist: [] }, pod)).toBe(false);
    expect(matchKind({ namespaceResourceBlacklist: [{ group: '', kind: 'P*' }] }, pod)).toBe(false);
    expect(matchKind({}, role)).toBe(false);
    expect(matchKind({ clusterResourceWhitelist: [{ group: '*', kind: '*' }] }, role)).toBe(true);
    expect(
      matchKind({ clusterResourceWhitelist: [{ group: '*', kind: '*', name: 'team-*' }] }, { ...role, name: 'x' }),
    ).toBe(false);
  });
});

describe('matchNamespace', () => {
  it('reads globs and regular expressions', () => {
    expect(matchNamespace(['team-*'], 'team-a')).toBe(true);
    expect(matchNamespace(['/^team-\\d+$/'], 'team-7')).toBe(true);
    expect(matchNamespace(['/^team-\\d+$/'], 'team-a')).toBe(false);
    expect(matchNamespace(['/(/'], 'x')).toBe(false);
  });
});
