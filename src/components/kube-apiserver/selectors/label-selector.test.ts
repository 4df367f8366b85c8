import { describe, expect, test } from 'vitest';
import { parseLabelSelector } from './label-selector.ts';

const web = { app: 'web', tier: 'front', size: '5' };

describe('parseLabelSelector', () => {
  test.each([
    ['app=web', true],
    ['app==db', false],
    ['app!=db', true],
    ['missing!=x', true],
    ['app in (web, db)', true],
    ['app notin (web)', false],
    ['missing notin (web)', true],
    ['tier', true],
    ['!tier', false],
    ['app=web,tier=back', false],
    ['size>4', true],
    ['size<4', false],
    ['missing=', false],
  ])('%s selects: %s', (text, selected) => {
    expect(parseLabelSelector(text)?.(web)).toBe(selected);
  });

  test('of nothing selects everything', () => {
    expect(parseLabelSelector(' ')).toBeUndefined();
  });

  test.each(['app in', 'app in web', 'a b', 'app=b=c', '=x', 'app=b,'])('refuses %s', (text) => {
    expect(() => parseLabelSelector(text)).toThrow();
  });

  test('does not see what objects inherit', () => {
    expect(parseLabelSelector('constructor')?.({})).toBe(false);
  });
});
