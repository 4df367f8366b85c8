import { expect, test } from 'vitest';
import { compileJsonPath } from './json-path.ts';

const object = {
  metadata: { annotations: { 'example.com/a.b': 'dotted' } },
  spec: {
    list: [
      { name: 'x', value: 1 },
      { name: 'y', value: 2 },
    ],
  },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Synced', status: 'False' },
    ],
  },
};

test.each([
  ['.spec.list[0].name', ['x']],
  ['.spec.list[-1].value', [2]],
  ['.spec.list[*].name', ['x', 'y']],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  [".status.conditions[?(@.type!='Ready')].status", ['False']],
  ['.metadata.annotations.example\\.com/a\\.b', ['dotted']],
  [".metadata.annotations['example.com/a.b']", ['dotted']],
  ['.spec.missing.deeper', []],
])('compileJsonPath finds %s', (path, values) => {
  expect(compileJsonPath(path)(object)).toEqual(values);
});
