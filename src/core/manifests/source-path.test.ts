import { describe, expect, it } from 'vitest';
import { resolvePath, sourcePath } from './source-path.ts';

describe('resolvePath', () => {
  it.each([
    ['a/b', 'c.yaml', 'a/b/c.yaml'],
    ['a/b', '../c.yaml', 'a/c.yaml'],
    ['a/b', '/c.yaml', 'c.yaml'],
    ['', './c/', 'c'],
    ['a', '..', ''],
  ])('from "%s" takes %s to "%s"', (base, path, expected) => {
    expect(resolvePath(base, path, 'file')).toBe(expected);
  });

  it.each([
    ['a', '../../x'],
    ['', '..'],
    ['', '/../x'],
    ['a', '..\\..\\x'],
    ['a', 'x\0y'],
  ])('from "%s" refuses %s', (base, path) => {
    expect(() => resolvePath(base, path, 'file')).toThrow(
      expect.objectContaining({ code: 'RENDER_PATH_OUTSIDE_REPO' }),
    );
  });
});

describe('sourcePath', () => {
  it('takes relative paths only', () => {
    expect([sourcePath('.'), sourcePath(undefined), sourcePath('a//b/'), sourcePath('a/./b')]).toEqual([
      '',
      '',
      'a/b',
      'a/b',
    ]);
    expect(() => sourcePath('/etc')).toThrow(/leads out/);
  });
});
