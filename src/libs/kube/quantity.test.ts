import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalQuantity, compareQuantities, formatQuantity, parseQuantity, tryParseQuantity } from './quantity.ts';

describe('canonicalQuantity', () => {
  // Recorded from a Kubernetes 1.36 API server.
  test.each([
    ['1000m', '1'],
    ['1024Mi', '1Gi'],
    ['0.5', '500m'],
    ['1.5Gi', '1536Mi'],
    ['100000k', '100M'],
    ['1e3', '1e3'],
    ['10e2', '1e3'],
    ['5e1', '50'],
    ['12e-2', '120e-3'],
    ['0Mi', '0'],
    ['1023Mi', '1023Mi'],
    ['0.1Ki', '102400m'],
    ['1.5Ki', '1536'],
    ['0.0000000001', '1n'],
    ['1.23456789012k', '1234567890120n'],
    ['16Ei', '9223372036854775807'],
    ['9999999999999999999999', '9999999999999999999999'],
    ['1e19', '10e18'],
    ['+5', '+5'],
    ['007', '007'],
    ['1E3', '1E3'],
    ['1000E3', '1e6'],
    ['1.', '1.'],
    ['1.0', '1'],
    ['-0', '0'],
    ['1000E', '1'],
    [1, '1'],
    [0.25, '250m'],
    ['nonsense', 'nonsense'],
    ['', ''],
  ])('%s is stored as %s', (written, stored) => {
    expect(canonicalQuantity(written)).toBe(stored);
  });

  test('is idempotent and keeps the amount', () => {
    const digits = fc.tuple(
      fc.integer({ min: -99_999, max: 99_999 }),
      fc.constantFrom('', 'm', 'k', 'M', 'Ki', 'Mi', 'Gi', 'e3', 'E1'),
    );
    fc.assert(
      fc.property(digits, ([amount, suffix]) => {
        const written = `${amount}${suffix}`;
        const stored = canonicalQuantity(written) as string;
        expect(canonicalQuantity(stored)).toBe(stored);
        expect(compareQuantities(written, stored)).toBe(0);
      }),
    );
  });
});

test('parseQuantity names what it refuses', () => {
  expect(() => parseQuantity('1Zi')).toThrow('"1Zi" is not a quantity');
  expect(tryParseQuantity({})).toBeUndefined();
  expect(formatQuantity(parseQuantity('2048Ki'))).toBe('2Mi');
});

test('compareQuantities compares amounts across suffixes', () => {
  expect(compareQuantities('1', '1000m')).toBe(0);
  expect(compareQuantities('1Gi', '1G')).toBe(1);
  expect(compareQuantities('100m', 1)).toBe(-1);
});
