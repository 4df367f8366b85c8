import { describe, expect, it } from 'vitest';
import { parseLfsPointer } from './lfs-pointer.ts';
import { parseGitmodules, resolveSubmoduleUrl } from './parse-gitmodules.ts';
import { parseCommitObject, parseTreeObject } from './parse-object.ts';

const tree = 'a'.repeat(40);

describe('parseCommitObject', () => {
  it('reads headers, several parents, a signature and the message', () => {
    const text = [
      `tree ${tree}`,
      `parent ${'b'.repeat(40)}`,
      `parent ${'c'.repeat(40)}`,
      'author A Name <a@example.com> 1767225600 +0200',
      'committer C <c@example.com> 1767225600 +0000',
      'gpgsig -----BEGIN PGP SIGNATURE-----',
      ' author forged',
      ' -----END PGP SIGNATURE-----',
      '',
      'Subject',
      '',
      'Body',
      '',
    ].join('\n');
    expect(parseCommitObject('d'.repeat(40), Buffer.from(text))).toEqual({
      sha: 'd'.repeat(40),
      treeId: tree,
      parents: ['b'.repeat(40), 'c'.repeat(40)],
      author: 'A Name <a@example.com>',
      date: '2026-01-01T00:00:00Z',
      message: 'Subject\n\nBody',
      signed: true,
    });
  });

  it('survives what old tools wrote', () => {
    const odd = parseCommitObject('d', Buffer.from(`tree ${tree}\nauthor nobody\n`));
    expect(odd).toMatchObject({ author: 'nobody', date: '1970-01-01T00:00:00Z', message: '', signed: false });
    const far = parseCommitObject('d', Buffer.from(`tree ${tree}\nauthor a <b> 99999999999999999 +0000\n\nx`));
    expect(far.date).toBe('1970-01-01T00:00:00Z');
    expect(() => parseCommitObject('d', Buffer.from('no tree'))).toThrow(
      expect.objectContaining({ code: 'GIT_PROTOCOL_ERROR' }),
    );
  });
});

describe('parseTreeObject', () => {
  const entry = (mode: string, name: string, digit: string) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(digit.repeat(40), 'hex')]);

  it('reads every mode and sorts by name', () => {
    const bytes = Buffer.concat([
      entry('100644', 'b.txt', '1'),
      entry('40000', 'b', '2'),
      entry('120000', 'l', '3'),
      entry('160000', 's', '4'),
      entry('100755', 'x', '5'),
    ]);
    expect(parseTreeObject(bytes).entries).toEqual([
      { name: 'b', type: 'directory', id: '2'.repeat(40) },
      { name: 'b.txt', type: 'file', id: '1'.repeat(40) },
      { name: 'l', type: 'symlink', id: '3'.repeat(40) },
      { name: 's', type: 'submodule', id: '4'.repeat(40) },
      { name: 'x', type: 'file', id: '5'.repeat(40), executable: true },
    ]);
    expect(() => parseTreeObject(bytes.subarray(0, -1))).toThrow(
      expect.objectContaining({ code: 'GIT_PROTOCOL_ERROR' }),
    );
  });
});

describe('parseLfsPointer', () => {
  const oid = 'a'.repeat(64);
  it('reads pointers and nothing else', () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12\n`;
    expect(parseLfsPointer(Buffer.from(pointer))).toEqual({ oid, size: 12 });
    for (const text of [
      '',
      'version 2\n',
      pointer.replace('sha256', 'md5'),
      pointer.replace('12', 'x'),
      pointer + ' '.repeat(2000),
    ]) {
      expect(parseLfsPointer(Buffer.from(text))).toBeUndefined();
    }
  });
});

describe('submodules', () => {
  it('are read from .gitmodules', () => {
    const text =
      '[submodule "a"]\n\tpath = vendor/a/\n\turl = "../a.git"\n[core]\n x = y\n[submodule "b"]\n url=https://h/b\n path=b\n';
    expect([...parseGitmodules(text)]).toEqual([
      ['vendor/a', '../a.git'],
      ['b', 'https://h/b'],
    ]);
  });

  it.each([
    ['https://h/org/parent.git', '../inner.git', 'https://h/org/inner.git'],
    ['https://h:8443/org/parent', './sub', 'https://h:8443/org/parent/sub'],
    ['https://h/parent', '../../../x', 'https://h/x'],
    ['git@h:org/parent.git', '../inner.git', 'git@h:org/inner.git'],
    ['ssh://git@h:22/org/parent.git', '../../other/x', 'ssh://git@h:22/other/x'],
    ['https://h/parent', 'https://elsewhere/x', 'https://elsewhere/x'],
  ])('of %s at %s are %s', (parent, url, resolved) => {
    expect(resolveSubmoduleUrl(parent, url)).toBe(resolved);
  });
});
