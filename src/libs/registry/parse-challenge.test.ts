import { describe, expect, it } from 'vitest';
import { parseChallenge } from './parse-challenge.ts';
import { assertTagOrDigest, parseRepositoryReference } from './parse-reference.ts';

describe('parseChallenge', () => {
  it('reads what registries ask for', () => {
    expect(parseChallenge('Basic realm="x"')).toEqual({ type: 'basic' });
    expect(
      parseChallenge(
        'Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a/b:pull,push"',
      ),
    ).toEqual({
      type: 'bearer',
      realm: 'https://auth.example.com/token',
      service: 'registry',
      scope: 'repository:a/b:pull,push',
    });
    for (const header of ['', 'Bearer', 'Bearer service="x"', 'Negotiate'])
      expect(parseChallenge(header)).toBeUndefined();
  });
});

describe('parseRepositoryReference', () => {
  it('reads registry and path', () => {
    expect(parseRepositoryReference('oci://Registry.example.com:5000/team/app/')).toEqual({
      host: 'registry.example.com:5000',
      repository: 'team/app',
    });
    expect(parseRepositoryReference('ghcr.io/a/b_c')).toEqual({ host: 'ghcr.io', repository: 'a/b_c' });
  });

  it.each([
    '',
    'host',
    'host/',
    'host/..',
    'host/a//b',
    'host/A',
    'ho st/a',
    'user@host/a',
    'host/a?x=y',
    `host/${'a'.repeat(300)}`,
  ])('refuses %j', (url) => {
    expect(() => parseRepositoryReference(url)).toThrow(
      expect.objectContaining({ code: 'REGISTRY_REFERENCE_INVALID' }),
    );
  });

  it.each(['', '.', '..', '-x', 'a/b', 'a%2fb', 'a\0', 'x'.repeat(200), 'sha256:abc'])('refuses the tag %j', (tag) => {
    expect(() => assertTagOrDigest(tag)).toThrow(expect.objectContaining({ code: 'REGISTRY_REFERENCE_INVALID' }));
  });
});
