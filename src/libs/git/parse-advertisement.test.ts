import { describe, expect, it } from 'vitest';
import { filterRefs, parseLsRefs, parseLsRemote, parseOldAdvertisement } from './parse-advertisement.ts';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
const expected = [
  { name: 'HEAD', sha: a, symref: 'refs/heads/main' },
  { name: 'refs/heads/main', sha: a },
  { name: 'refs/tags/v1', sha: b, peeled: c },
];

describe('ref advertisements', () => {
  it('say the same in all three spellings', () => {
    expect(
      parseLsRefs([`${a} HEAD symref-target:refs/heads/main`, `${a} refs/heads/main`, `${b} refs/tags/v1 peeled:${c}`]),
    ).toEqual(expected);
    const old = parseOldAdvertisement([
      `${a} HEAD\0multi_ack symref=HEAD:refs/heads/main agent=git`,
      `${a} refs/heads/main`,
      `${b} refs/tags/v1`,
      `${c} refs/tags/v1^{}`,
    ]);
    expect(old.refs).toEqual(expected);
    expect(old.capabilities.has('multi_ack')).toBe(true);
    const output = `ref: refs/heads/main\tHEAD\n${a}\tHEAD\n${a}\trefs/heads/main\n${b}\trefs/tags/v1\n${c}\trefs/tags/v1^{}\n`;
    expect(parseLsRemote(output)).toEqual(expected);
  });

  it('are empty for an empty repository', () => {
    expect(parseLsRefs([])).toEqual([]);
    expect(parseLsRefs(['unborn HEAD symref-target:refs/heads/main'])).toEqual([]);
    expect(parseOldAdvertisement([`${'0'.repeat(40)} capabilities^{}\0agent=git`]).refs).toEqual([]);
  });

  it.each([
    'refs/heads/../../x',
    'refs/heads/a b',
    'refs/heads/x.lock',
    'refs//x',
    '../x',
    'refs/heads/-\x1b[1m',
    `refs/${'x'.repeat(5000)}`,
  ])('leave out the name %j', (name) => {
    expect(parseLsRemote(`${a}\t${name}\n`)).toEqual([]);
  });

  it('refuse what is no object id, and too many refs', () => {
    expect(() => parseLsRefs(['xyz refs/heads/main'])).toThrow(expect.objectContaining({ code: 'GIT_PROTOCOL_ERROR' }));
    const many = Array.from({ length: 200_001 }, (_, i) => `${a} refs/heads/b${i}`);
    expect(() => parseLsRefs(many)).toThrow(expect.objectContaining({ code: 'GIT_LIMIT_EXCEEDED' }));
  });

  it('are narrowed by prefix', () => {
    expect(filterRefs(expected, ['refs/tags/']).map(({ name }) => name)).toEqual(['refs/tags/v1']);
    expect(filterRefs(expected, [])).toEqual(expected);
  });
});
