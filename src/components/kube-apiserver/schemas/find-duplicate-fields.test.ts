import { expect, test } from 'vitest';
import { findDuplicateFields } from './find-duplicate-fields.ts';

test.each([
  ['{"a":1,"b":{"a":1}}', []],
  ['{"a":1,"a":2}', ['a']],
  ['{"data":{"x":"{\\"y\\":1,\\"y\\":2}","x":1}}', ['data.x']],
  ['{"list":[{"n":1},{"n":1,"n":2}]}', ['list[1].n']],
  ['{"a":"a","b":["a","a"]}', []],
])('findDuplicateFields of %s', (text, found) => {
  expect(findDuplicateFields(text)).toEqual(found);
});
