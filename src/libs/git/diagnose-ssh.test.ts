import { describe, expect, it } from 'vitest';
import { parseSshTarget } from './diagnose-ssh.ts';

describe('parseSshTarget', () => {
  it.each([
    ['ssh://git@host:2222/org/repo.git', { destination: 'git@host', host: 'host', port: 2222, path: '/org/repo.git' }],
    ['ssh://host/~me/repo', { destination: 'host', host: 'host', port: 22, path: '~me/repo' }],
    ['ssh://git@[::1]:22/r', { destination: 'git@::1', host: '::1', port: 22, path: '/r' }],
    ['git@host:org/repo.git', { destination: 'git@host', host: 'host', port: 22, path: 'org/repo.git' }],
    ['[::1]:r', { destination: '::1', host: '::1', port: 22, path: 'r' }],
    ['nothing', undefined],
  ])('reads %s', (url, target) => {
    expect(parseSshTarget(url)).toEqual(target);
  });
});
