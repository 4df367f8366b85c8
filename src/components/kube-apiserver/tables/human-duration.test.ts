import { expect, test } from 'vitest';
import { formatAge, formatDuration } from './human-duration.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [0, '0s'],
  [119 * second, '119s'],
  [2 * minute, '2m'],
  [9 * minute + 5 * second, '9m5s'],
  [179 * minute, '179m'],
  [7 * hour + 3 * minute, '7h3m'],
  [47 * hour, '47h'],
  [3 * day + 4 * hour, '3d4h'],
  [8 * day + 4 * hour, '8d'],
  [3 * 365 * day + day, '3y1d'],
  [9 * 365 * day, '9y'],
  [-5 * second, '<invalid>'],
])('formatDuration of %i ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('formatAge of no time is unknown', () => {
  expect(formatAge(undefined, 0)).toBe('<unknown>');
});
