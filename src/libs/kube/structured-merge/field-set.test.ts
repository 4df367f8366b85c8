import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FieldSet } from './field-set.ts';
import { comparePathElements, keyElement, pathToString, valueElement } from './path-element.ts';

const element = fc.constantFrom(
  'f:a',
  'f:b',
  'f:spec',
  'k:{"name":"x"}',
  'k:{"port":80,"protocol":"TCP"}',
  'v:"x"',
  'v:1',
  'i:0',
);
const set = fc
  .array(fc.array(element, { minLength: 1, maxLength: 4 }), { maxLength: 8 })
  .map((paths) => FieldSet.fromPaths(paths));

describe('FieldSet', () => {
  test('writes what it read, in the server’s order', () => {
    const fields = {
      'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
      'f:spec': {
        'f:containers': {
          'k:{"name":"web"}': {
            '.': {},
            'f:image': {},
            'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
          },
        },
        'f:finalizers': { 'v:"a"': {}, 'v:"b"': {} },
      },
    };
    const read = FieldSet.fromFieldsV1(fields);
    expect(JSON.stringify(FieldSet.fromPaths([...read.paths()]).toFieldsV1())).toBe(JSON.stringify(fields));
    expect(read.has(['f:metadata', 'f:labels'])).toBe(true);
    expect(read.has(['f:spec'])).toBe(false);
  });

  test('reads keys in any spelling', () => {
    const read = FieldSet.fromFieldsV1({ 'k:{ "protocol":"TCP", "port":80 }': {} });
    expect(read.has(['k:{"port":80,"protocol":"TCP"}'])).toBe(true);
    expect(() => FieldSet.fromFieldsV1({ nonsense: {} })).toThrow('no path element');
  });

  test('keeps the laws of sets', () => {
    fc.assert(
      fc.property(set, set, set, (a, b, c) => {
        expect(a.union(b).equals(b.union(a))).toBe(true);
        expect(
          a
            .union(b)
            .union(c)
            .equals(a.union(b.union(c))),
        ).toBe(true);
        expect(a.intersection(b).equals(b.intersection(a))).toBe(true);
        expect(a.difference(b).union(a.intersection(b)).equals(a)).toBe(true);
        expect(a.difference(a).isEmpty).toBe(true);
        expect(a.difference(b).intersection(b).isEmpty).toBe(true);
        expect(a.recursiveDifference(b).difference(a).isEmpty).toBe(true);
      }),
    );
  });

  test('survives a round trip', () => {
    fc.assert(
      fc.property(set, (a) => {
        expect(FieldSet.fromFieldsV1(a.toFieldsV1()).equals(a)).toBe(true);
        expect([...a.paths()].every((path) => a.has(path))).toBe(true);
      }),
    );
  });

  test('leaves are members without members below', () => {
    const fields = FieldSet.fromFieldsV1({ 'f:labels': { '.': {}, 'f:a': {} }, 'f:b': {} });
    expect([...fields.leaves().paths()]).toEqual([['f:b'], ['f:labels', 'f:a']]);
  });
});

test('pathToString writes paths as conflicts do', () => {
  const path = [
    'f:spec',
    'f:containers',
    keyElement({ name: 'x' }),
    'f:ports',
    keyElement({ protocol: 'TCP', containerPort: 80 }),
  ];
  expect(pathToString(path)).toBe('.spec.containers[name="x"].ports[containerPort=80,protocol="TCP"]');
  expect(pathToString(['f:metadata', 'f:finalizers', valueElement('a')])).toBe('.metadata.finalizers[="a"]');
  expect(pathToString(['i:3'])).toBe('[3]');
});

test('comparePathElements orders numbers as numbers', () => {
  const port = (number: number) => keyElement({ port: number, protocol: 'TCP' });
  expect([port(443), 'f:z', port(80), 'f:a'].sort(comparePathElements)).toEqual(['f:a', 'f:z', port(80), port(443)]);
});
