import { describe, expect, it } from 'vitest';
import { Secret } from '#base/secret';
import { matchRepositoryCredential } from './match-repository-credential.ts';
import type { CredentialTemplate, RepositoryCredential } from './repository-credential.ts';
import { fromWire, toGitAccess, toRegistryAccess, toWire } from './repository-access.ts';
import { coverage } from './url-scope.ts';

const repository = (url: string, more: Partial<RepositoryCredential> = {}): RepositoryCredential => ({
  secretName: 's',
  url,
  type: 'git',
  ...more,
});
const template = (url: string, password: string): CredentialTemplate => ({
  secretName: 't',
  url,
  type: 'git',
  username: 'u',
  password: new Secret(password),
});

describe('coverage', () => {
  it.each([
    ['https://github.com/argoproj', 'https://github.com/argoproj/argo-cd.git', 1],
    ['https://github.com/argoproj', 'https://github.com/argoproj-evil/x', -1],
    ['https://github.com/argoproj/', 'https://GitHub.com/ArgoProj/x', 1],
    ['https://github.com', 'https://github.com.evil.org/argoproj', -1],
    ['https://github.com', 'https://github.com:8443/argoproj', -1],
    ['https://github.com', 'https://github.com:443/argoproj', 0],
    ['https://github.com', 'http://github.com/argoproj', -1],
    ['https://github.com', 'https://github.com@evil.org/argoproj', -1],
    ['https://github.com/a', 'https://github.com/a/../b', -1],
    ['https://github.com/a', 'https://github.com/a/%2e%2e/b', -1],
    ['git@github.com:org', 'git@github.com:org/repo.git', 1],
    ['git@github.com:org', 'ssh://git@github.com/org/repo', 1],
    ['ssh://git@github.com', 'git@github.com:org/repo', 0],
    ['https://github.com', 'git@github.com:org/repo', -1],
    ['registry.example.com/team', 'oci://registry.example.com/team/app', 1],
    ['registry.example.com:5000', 'registry.example.com:5000/app', 0],
    ['registry.example.com', 'registry.example.com:5000/app', -1],
    ['', 'https://github.com/org/repo', -1],
  ])('%s covers %s: %i', (templateUrl, url, depth) => {
    expect(coverage(templateUrl, url)).toBe(depth);
  });
});

describe('matchRepositoryCredential', () => {
  it('prefers the repository, then the template with the longest path', () => {
    const templates = [
      template('https://h', 'host'),
      template('https://h/org/team', 'team'),
      template('https://h/org', 'org'),
    ];
    const own = repository('https://h/org/team/own', { password: new Secret('own') });
    const find = (url: string) => matchRepositoryCredential(url, { repositories: [own], templates });
    expect(find('https://h/org/team/own.git').password?.reveal()).toBe('own');
    expect(find('https://h/org/team/own.git').inheritedFrom).toBeUndefined();
    expect(find('https://h/org/team/other').password?.reveal()).toBe('team');
    expect(find('https://h/org/other').inheritedFrom).toBe('https://h/org');
    expect(find('https://h/x').password?.reveal()).toBe('host');
    expect(find('https://elsewhere/x').password).toBeUndefined();
  });

  it('gives a repository without credentials those of its template and keeps its flags', () => {
    const known = {
      repositories: [repository('https://h/org/r', { insecure: true, name: 'mine' })],
      templates: [template('https://h/org', 'org')],
    };
    expect(matchRepositoryCredential('https://h/org/r', known)).toMatchObject({
      insecure: true,
      name: 'mine',
      username: 'u',
      inheritedFrom: 'https://h/org',
    });
  });

  it('takes the repository of the project, else the one of none, never that of another project', () => {
    const a = repository('https://h/r', { project: 'a', password: new Secret('a') });
    const b = repository('https://h/r', { project: 'b', password: new Secret('b') });
    const all = repository('https://h/r', { password: new Secret('all') });
    const find = (repositories: RepositoryCredential[], project?: string) =>
      matchRepositoryCredential('https://h/r', { repositories, templates: [] }, project).password?.reveal();
    expect(find([all, a, b], 'b')).toBe('b');
    expect(find([a, b, all], 'c')).toBe('all');
    expect(find([a, b], 'c')).toBeUndefined();
    expect(find([a])).toBeUndefined();
  });

  it('adds the certificate of the host and the known hosts', () => {
    const trust = { certificates: new Map([['h', 'PEM']]), knownHosts: 'h ssh-ed25519 AAAA' };
    const none = { repositories: [], templates: [], trust };
    expect(matchRepositoryCredential('https://H:8443/r', none)).toMatchObject({
      caPem: 'PEM',
      knownHosts: trust.knownHosts,
    });
    expect(matchRepositoryCredential('https://other/r', none).caPem).toBeUndefined();
  });
});

describe('toWire', () => {
  it('survives the way there and back, and hides secrets until asked', () => {
    const access = matchRepositoryCredential('https://h/org/r', {
      repositories: [
        repository('https://h/org/r', {
          password: new Secret('canary'),
          username: 'u',
          enableLfs: true,
          proxy: 'http://p:3128',
        }),
      ],
      templates: [],
    });
    expect(JSON.stringify(access)).not.toContain('canary');
    const wire = JSON.parse(JSON.stringify(toWire(access))) as ReturnType<typeof toWire>;
    expect(wire.secrets['password']).toBe('canary');
    const back = fromWire(wire);
    expect(back).toEqual(access);
    expect(toWire(back)).toEqual(toWire(access));
    expect(toGitAccess(back, true)).toMatchObject({
      url: 'https://h/org/r',
      username: 'u',
      enableLfs: true,
      submodules: true,
    });
    expect(toRegistryAccess(back)).toMatchObject({ username: 'u', proxy: 'http://p:3128' });
  });

  it('carries a GitHub App', () => {
    const githubApp = { appId: '1', privateKey: new Secret('KEY') };
    const access = { url: 'https://h/r', type: 'git' as const, githubApp };
    expect(fromWire(toWire(access)).githubApp?.privateKey.reveal()).toBe('KEY');
    expect(JSON.stringify(access)).not.toContain('KEY"');
  });
});
