import { describe, expect, it } from 'vitest';
import { memoryTree } from './memory-tree.testing.ts';
import { holdReads } from './reads.ts';
import { RecordingTree } from './recording-tree.ts';

const files = { 'app/a.yaml': 'a', 'app/b.txt': 'b', 'app/sub/c.yaml': 'c', 'other/d.yaml': 'd' };

describe('RecordingTree and holdReads', () => {
  async function recorded(use: (tree: RecordingTree) => Promise<unknown>) {
    const tree = new RecordingTree(memoryTree(files), 'app');
    await use(tree);
    return tree.reads();
  }

  it('hold when only what was not read has changed', async () => {
    const reads = await recorded((tree) => tree.read('app/a.yaml'));
    expect(await holdReads(reads, memoryTree({ ...files, 'app/b.txt': 'B', 'other/d.yaml': 'D' }))).toBe(true);
    expect(await holdReads(reads, memoryTree({ ...files, 'app/a.yaml': 'A' }))).toBe(false);
  });

  it('notice a file that was looked for and now is there', async () => {
    const reads = await recorded((tree) => tree.entry('app/Chart.yaml'));
    expect(await holdReads(reads, memoryTree({ ...files, 'app/x': '' }))).toBe(true);
    expect(await holdReads(reads, memoryTree({ ...files, 'app/Chart.yaml': '' }))).toBe(false);
  });

  it('know names in a listing, not the content behind them', async () => {
    const reads = await recorded((tree) => tree.list('app'));
    expect(await holdReads(reads, memoryTree({ ...files, 'app/a.yaml': 'A', 'app/sub/new': '' }))).toBe(true);
    expect(await holdReads(reads, memoryTree({ ...files, 'app/new.yaml': '' }))).toBe(false);
  });

  it('know everything below a directory that a tool could read', async () => {
    const reads = await recorded((tree) => tree.recordSubtree('app/sub'));
    expect(await holdReads(reads, memoryTree({ ...files, 'app/a.yaml': 'A' }))).toBe(true);
    expect(await holdReads(reads, memoryTree({ ...files, 'app/sub/deep/x': '' }))).toBe(false);
  });

  it('trust nothing but the same tree once a link was on the way', async () => {
    const linked = { ...files, 'app/link': { link: '../other' } };
    const tree = new RecordingTree(memoryTree(linked), 'app');
    await tree.read('app/link/d.yaml');
    const reads = await tree.reads();
    expect(await holdReads(reads, memoryTree(linked))).toBe(true);
    expect(await holdReads(reads, memoryTree({ ...linked, unrelated: '' }))).toBe(false);
  });
});
