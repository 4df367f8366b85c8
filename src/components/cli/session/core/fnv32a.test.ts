import { expect, it } from 'vitest';
import { fnv32a } from './fnv32a.ts';

it('fnv32a is FNV-1a as published', () => {
  expect(fnv32a('')).toBe(2_166_136_261);
  expect(fnv32a('a')).toBe(0xe40c292c);
  expect(fnv32a('foobar')).toBe(0xbf9cf968);
});
