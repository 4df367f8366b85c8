import { describe, expect, it } from 'vitest';
import type { LabelSelector } from '../kinds/live-object.ts';
import { matchSelector } from './match-selector.ts';
import { resolveIntOrPercent } from './resolve-int-or-percent.ts';

describe('matchSelector', () => {
  const labels = { app: 'web', tier: 'front' };
  const cases: [string, LabelSelector | undefined, boolean][] = [
    ['absent matches nothing', undefined, false],
    ['empty matches everything', {}, true],
    ['equal label', { matchLabels: { app: 'web' } }, true],
    ['other value', { matchLabels: { app: 'api' } }, false],
    ['In', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] }, true],
    ['NotIn', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    ['NotIn of an absent key', { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
    ['Exists', { matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, true],
    ['DoesNotExist', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
  ];
  it.each(cases)('%s', (_, selector, expected) => expect(matchSelector(selector, labels)).toBe(expected));
});

describe('resolveIntOrPercent', () => {
  it.each([
    ['25%', 10, 'up', 3],
    ['25%', 10, 'down', 2],
    [2, 10, 'up', 2],
    [undefined, 10, 'up', 0],
    ['0%', 10, 'up', 0],
  ] as const)('%s of %i rounded %s is %i', (value, total, round, expected) =>
    expect(resolveIntOrPercent(value, total, round)).toBe(expected),
  );
});
