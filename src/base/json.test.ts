import { describe, expect, it } from 'vitest';
import { parseExact, stringifyExact } from './json.ts';

describe('stringifyExact and parseExact', () => {
  it('keep integers that a number cannot hold', () => {
    const value = {
      small: 1,
      big: 12345678901234567890n,
      text: '12345678901234567890',
      nested: [1.5, -9007199254740993n],
    };
    expect(stringifyExact(value)).toBe(
      '{"small":1,"big":12345678901234567890,"text":"12345678901234567890","nested":[1.5,-9007199254740993]}',
    );
    expect(parseExact(stringifyExact(value))).toEqual(value);
  });

  it('read other numbers as JSON.parse does', () => {
    expect(parseExact('[1e3, 0.1234567890123456789, 123456789012345680000000e2]')).toEqual(
      JSON.parse('[1e3, 0.1234567890123456789, 123456789012345680000000e2]'),
    );
  });
});
