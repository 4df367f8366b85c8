import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonPatchOperation } from './json-patch.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch, createMergePatch } from './merge-patch.ts';

const withoutNulls = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.integer(), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', 'constructor'), fc.string()), tie('value'), { maxKeys: 4 }),
})).object;

describe('merge patches', () => {
  test('what was created turns one document into the other', () => {
    fc.assert(
      fc.property(withoutNulls, withoutNulls, (from, to) => {
        const before = JSON.stringify(from);
        expect(applyMergePatch(from, createMergePatch(from, to))).toEqual(to);
        expect(createMergePatch(to, to)).toEqual({});
        expect(JSON.stringify(from)).toBe(before);
      }),
    );
  });

  test('null removes, lists replace', () => {
    expect(applyMergePatch({ a: 1, b: { c: 1, d: [1] } }, { a: null, b: { d: [2] } })).toEqual({ b: { c: 1, d: [2] } });
  });
});

describe('applyJsonPatch', () => {
  const document = { a: { b: [1, 2, 3] }, 'x/y': 1 };

  test.each<[JsonPatchOperation, unknown]>([
    [
      { op: 'add', path: '/a/b/1', value: 9 },
      { a: { b: [1, 9, 2, 3] }, 'x/y': 1 },
    ],
    [
      { op: 'add', path: '/a/b/-', value: 9 },
      { a: { b: [1, 2, 3, 9] }, 'x/y': 1 },
    ],
    [
      { op: 'remove', path: '/a/b/-1' },
      { a: { b: [1, 2] }, 'x/y': 1 },
    ],
    [
      { op: 'replace', path: '/x~1y', value: 2 },
      { a: { b: [1, 2, 3] }, 'x/y': 2 },
    ],
    [
      { op: 'move', from: '/x~1y', path: '/z' },
      { a: { b: [1, 2, 3] }, z: 1 },
    ],
    [
      { op: 'copy', from: '/a/b', path: '/c' },
      { a: { b: [1, 2, 3] }, 'x/y': 1, c: [1, 2, 3] },
    ],
    [{ op: 'replace', path: '', value: { n: 1 } }, { n: 1 }],
    [{ op: 'test', path: '/missing', value: null }, document],
  ])('%j', (operation, result) => {
    expect(applyJsonPatch(document, [operation])).toEqual(result);
    expect(document).toEqual({ a: { b: [1, 2, 3] }, 'x/y': 1 });
  });

  test.each<[JsonPatchOperation, string]>([
    [{ op: 'remove', path: '/nope' }, 'PATCH_NOT_FOUND'],
    [{ op: 'add', path: '/no/where', value: 1 }, 'PATCH_NOT_FOUND'],
    [{ op: 'add', path: '/a/b/9', value: 1 }, 'PATCH_NOT_FOUND'],
    [{ op: 'test', path: '/a/b/0', value: 2 }, 'PATCH_TEST_FAILED'],
    [{ op: 'move', from: '/a', path: '/a/b' }, 'PATCH_INVALID'],
    [{ op: 'add', path: 'a', value: 1 }, 'PATCH_INVALID'],
  ])('%j is refused as %s', (operation, code) => {
    expect(() => applyJsonPatch(document, [operation])).toThrow(expect.objectContaining({ code }) as Error);
  });

  test('a key named __proto__ is data', () => {
    const patched = applyJsonPatch<Record<string, unknown>>({}, [
      { op: 'add', path: '/__proto__', value: { polluted: true } },
    ]);
    expect(Object.keys(patched)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
