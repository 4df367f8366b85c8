import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderClassicDiff, renderUnifiedDiff } from './diff-text.ts';
import { compareLines } from './line-diff.ts';

describe('renderClassicDiff', () => {
  it('is what diff prints', () => {
    expect(renderClassicDiff('a\nb\nc\n', 'a\nx\nc\nd\n')).toBe('2c2\n< b\n---\n> x\n3a4\n> d\n');
    expect(renderClassicDiff('a\nb\nc\n', 'c\n')).toBe('1,2d0\n< a\n< b\n');
    expect(renderClassicDiff('', 'a\n')).toBe('0a1\n> a\n');
    expect(renderClassicDiff('a\n', 'a\n')).toBe('');
  });
});

describe('renderUnifiedDiff', () => {
  it('shows three lines around, and joins what is near', () => {
    const before = '1\n2\n3\n4\n5\n6\n7\n8\n9\n';
    expect(renderUnifiedDiff(before, before.replace('5', 'five'))).toBe(
      '@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n',
    );
    expect(renderUnifiedDiff(before, before.replace('1', 'one').replace('9', 'nine'))).toContain('@@ -6,4 +6,4 @@');
  });
});

describe('compareLines', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });

  it('property: applying the changes to the one gives the other', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const result: string[] = [];
        let at = 0;
        for (const { oldStart, oldEnd, newStart, newEnd } of compareLines(before, after)) {
          result.push(...before.slice(at, oldStart), ...after.slice(newStart, newEnd));
          at = oldEnd;
        }
        expect([...result, ...before.slice(at)]).toEqual(after);
      }),
    );
  });

  it('property: equal lists have no changes', () => {
    fc.assert(fc.property(lines, (one) => compareLines(one, [...one]).length === 0));
  });
});
