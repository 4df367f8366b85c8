import { describe, expect, it } from 'vitest';
import { refPrefixesFor, resolveRevision } from './resolve-revision.ts';
import type { Ref } from './ref-advertisement.ts';

const sha = (digit: string) => digit.repeat(40);
const refs: readonly Ref[] = [
  { name: 'HEAD', sha: sha('1'), symref: 'refs/heads/main' },
  { name: 'refs/heads/1.2', sha: sha('2') },
  { name: 'refs/heads/both', sha: sha('3') },
  { name: 'refs/heads/deadbeef', sha: sha('9') },
  { name: 'refs/heads/main', sha: sha('1') },
  { name: 'refs/pull/7/head', sha: sha('4') },
  { name: 'refs/tags/app-v1.0.0', sha: sha('5') },
  { name: 'refs/tags/app-v1.1.0', sha: sha('6') },
  { name: 'refs/tags/both', sha: sha('7') },
  { name: 'refs/tags/v1.2.3', sha: sha('8'), peeled: sha('a') },
  { name: 'refs/tags/v1.3.0-rc.1', sha: sha('b') },
];

describe('resolveRevision', () => {
  it.each<[string, string, string]>([
    ['', sha('1'), 'refs/heads/main'],
    ['HEAD', sha('1'), 'refs/heads/main'],
    ['main', sha('1'), 'refs/heads/main'],
    [' main ', sha('1'), 'refs/heads/main'],
    ['both', sha('3'), 'refs/heads/both'],
    ['refs/tags/both', sha('7'), 'refs/tags/both'],
    ['refs/pull/7/head', sha('4'), 'refs/pull/7/head'],
    ['v1.2.3', sha('a'), 'refs/tags/v1.2.3'],
    ['1.2.3', sha('a'), 'refs/tags/v1.2.3'],
    ['1.2', sha('2'), 'refs/heads/1.2'],
    ['1.x', sha('a'), 'refs/tags/v1.2.3'],
    ['>=1.0.0-0', sha('b'), 'refs/tags/v1.3.0-rc.1'],
    ['deadbeef', sha('9'), 'refs/heads/deadbeef'],
  ])('reads %j as the commit of a ref', (revision, commit, ref) => {
    expect(resolveRevision(refs, revision)).toEqual({ type: 'commit', sha: commit, ref });
  });

  it('takes a full SHA as it is, and an abbreviated one when no ref has that name', () => {
    expect(resolveRevision([], sha('c'))).toEqual({ type: 'commit', sha: sha('c') });
    expect(resolveRevision(refs, 'abc1234')).toEqual({ type: 'abbreviated', prefix: 'abc1234' });
    expect(resolveRevision(refs, 'abc123')).toEqual({ type: 'unknown' });
  });

  it('matches versions behind a tag prefix', () => {
    expect(resolveRevision(refs, '1.x', 'app-v')).toMatchObject({ sha: sha('6') });
    expect(resolveRevision(refs, '1.0.0', 'app-v')).toMatchObject({ sha: sha('5') });
    expect(resolveRevision(refs, '1.x', 'other-')).toEqual({ type: 'unknown' });
  });

  it('does not take the beginning of a name for the name', () => {
    expect(resolveRevision(refs, 'mai')).toEqual({ type: 'unknown' });
  });
});

describe('refPrefixesFor', () => {
  it.each<[string, string, readonly string[]]>([
    ['', '', ['HEAD']],
    ['main', '', ['refs/heads/main', 'refs/tags/main']],
    ['refs/pull/7/head', '', ['refs/pull/7/head']],
    [sha('a'), '', []],
    ['1.*', '', ['refs/tags/']],
    ['1.*', 'app-', ['refs/tags/app-']],
    ['1.2.3', '', ['refs/heads/1.2.3', 'refs/tags/']],
    ['1.2.3', 'app-', ['refs/heads/1.2.3', 'refs/tags/app-', 'refs/tags/1.2.3']],
  ])('asks for little: %j with tag prefix %j', (revision, tagPrefix, prefixes) => {
    expect(refPrefixesFor(revision, tagPrefix)).toEqual(prefixes);
  });

  it.each(['--upload-pack=x', 'a..b', 'a\0b', 'refs/heads/x.lock', 'x/', 'a\\b', 'x?'])('refuses %j', (revision) => {
    expect(() => refPrefixesFor(revision)).toThrow(expect.objectContaining({ code: 'GIT_REVISION_INVALID' }));
  });
});
