import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const docs = new URL('../docs/', import.meta.url);
const rows = readFileSync(new URL('requirements.md', docs), 'utf8')
  .split('\n')
  .filter((line) => /^\| R\d{3} \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** What the main job has to fulfil. */
const ranges = [
  [1, 14],
  [31, 31],
  [34, 50],
  [80, 96],
  [102, 102],
  [106, 107],
  [110, 111],
  [129, 138],
] as const;

describe('docs/requirements.md', () => {
  it('has a row for every requirement of the main job, in order', () => {
    const wanted = ranges.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, index) => `R${String(from + index).padStart(3, '0')}`),
    );
    expect(rows.map(([, requirement]) => requirement)).toEqual(wanted);
  });

  it.each(rows)('%s%s is proved by tests that exist', (_, _requirement, holds, proofs, leftOut) => {
    const files = [...(proofs ?? '').matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? '');
    expect(holds).not.toBe('');
    expect(leftOut).not.toBe('');
    expect(files.length).toBeGreaterThan(0);
    expect(
      files.filter((file) => !file.endsWith('.test.ts') || !existsSync(fileURLToPath(new URL(file, docs)))),
    ).toEqual([]);
  });
});
