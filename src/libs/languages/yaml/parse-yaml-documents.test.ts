import { describe, expect, it } from 'vitest';
import { dumpYaml, parseYamlDocuments } from './index.ts';

const one = (text: string) => parseYamlDocuments(text)[0]?.value;

describe('parseYamlDocuments', () => {
  // Each pair is what kubectl makes of it.
  it.each([
    ['0644', 420],
    ['0o17', 15],
    ['08', 8],
    ['0x1F', 31],
    ['-0x1F', -31],
    ['0b11', 3],
    ['+12', 12],
    ['1_000', 1000],
    ['1e3', 1000],
    ['.5', 0.5],
    ['1.', 1],
    ['1e400', '1e400'],
    ['12345678901234567890', 12345678901234567890n],
    ['123456789012345678901', 123456789012345680000],
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['yes', true],
    ['Off', false],
    ['y', true],
    ['No', false],
    ['~', null],
    ['', null],
    ['2024-01-01', '2024-01-01'],
    ['1:30', '1:30'],
    ['"12"', '12'],
    ['!!str 12', '12'],
    ['!foo 12', '12'],
    ['!!binary aGVsbG8=', 'hello'],
    ['!!js/function "x"', 'x'],
    ['1.2.3', '1.2.3'],
    ['-', null],
  ])('reads %s as %o', (text, value) => {
    const expected = text === '-' ? [null] : value;
    expect(one(text === '-' ? 'a:\n-' : `a: ${text}`)).toEqual({ a: expected });
  });

  it('turns keys into text as Kubernetes does, the last of equal ones winning', () => {
    expect(one('1: a\ntrue: b\non: c\n0x10: d\n')).toEqual({ 1: 'a', true: 'c', 16: 'd' });
    expect(one('a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\n')).toEqual({ a: { p: 1, q: 2 }, b: { p: 1, q: 3 } });
  });

  it('shares nothing between the places of an alias', () => {
    const value = one('a: &x {b: 1}\nc: *x\n') as { a: { b: number }; c: { b: number } };
    value.a.b = 2;
    expect(value.c.b).toBe(1);
  });

  it('knows where each document starts', () => {
    expect(parseYamlDocuments('# c\n---\na: 1\n---\n---\n# d\n\nb: 2\n...\n')).toEqual([
      { value: { a: 1 }, line: 3 },
      { value: null, line: expect.any(Number) },
      { value: { b: 2 }, line: 8 },
    ]);
  });

  it('names file and line of a mistake', () => {
    expect(() => parseYamlDocuments('a: 1\nb: [\nc: 2\n', { file: 'x.yaml' })).toThrow(
      expect.objectContaining({ code: 'YAML_INVALID', at: { file: 'x.yaml', line: expect.any(Number) } }),
    );
    expect(() => parseYamlDocuments('a:\n\tb: 1', { file: 'x.yaml' })).toThrow(/"x\.yaml", line 2/);
  });

  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`),
  ].join('\n');
  it.each([
    ['an alias bomb', bomb, {}],
    ['an alias to itself', 'a: &a [*a]', {}],
    ['flow nesting', '['.repeat(20_000), {}],
    ['block nesting', Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), {}],
    ['too long a text', 'a: 1\n', { maxBytes: 3 }],
    ['too many documents', '---\na\n'.repeat(20), { maxDocuments: 10 }],
    ['too many keys', Array.from({ length: 20 }, (_, i) => `k${i}: 1`).join('\n'), { maxKeysPerMap: 10 }],
    ['too many nodes', `[${'1,'.repeat(50)}]`, { maxNodes: 40 }],
  ])('refuses %s quickly', (_what, text, limits) => {
    const start = performance.now();
    expect(() => parseYamlDocuments(text, { limits })).toThrow();
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('keeps names that objects have by nature as data', () => {
    const value = one('__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\ntoString: x\n') as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('dumpYaml', () => {
  it('quotes what a reader could take for something else', () => {
    const value = { a: 'yes', b: '012', c: '1e3', d: 'null', e: 'x: y', f: ['on', '2024-01-01'], g: '~' };
    expect(one(dumpYaml(value))).toEqual(value);
  });
});
