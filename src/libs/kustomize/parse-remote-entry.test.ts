import { describe, expect, it } from 'vitest';
import { parseRemoteEntry } from './parse-remote-entry.ts';

const repository = (url: string, path = '', ref = '') => ({ type: 'repository', url, path, ref });

describe('parseRemoteEntry', () => {
  it.each([
    ['https://github.com/org/repo//a/b?ref=v1', repository('https://github.com/org/repo', 'a/b', 'v1')],
    ['https://github.com/org/repo/a/b/?version=main', repository('https://github.com/org/repo', 'a/b', 'main')],
    ['github.com/org/repo/a?ref=v1', repository('https://github.com/org/repo', 'a', 'v1')],
    ['github.com/org/repo', repository('https://github.com/org/repo')],
    ['git@github.com:org/repo.git//a?ref=v1', repository('git@github.com:org/repo.git', 'a', 'v1')],
    ['git::https://git.example.com/x/y/repo.git/a', repository('https://git.example.com/x/y/repo.git', 'a')],
    ['ssh://git@git.example.com/repo//a', repository('ssh://git@git.example.com/repo', 'a')],
    ['https://git.example.com/group/sub/repo?ref=v1', repository('https://git.example.com/group/sub/repo', '', 'v1')],
    ['https://example.com/x/install.yaml', { type: 'file', url: 'https://example.com/x/install.yaml' }],
    ['../base', undefined],
    ['a.yaml', undefined],
    ['my.io/dir', undefined],
    ['/abs', undefined],
  ])('reads %s', (entry, expected) => {
    expect(parseRemoteEntry(entry)).toEqual(expected);
  });
});
