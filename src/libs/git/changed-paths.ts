import type { TreeEntry } from '#base/tree';
import type { ObjectSource } from './object-source.ts';

/**
 * Paths of files, links and submodules that differ between two trees, sorted. Equal subtrees are skipped by id, so the
 * cost follows the size of the change, not of the repository.
 */
export async function changedPaths(objects: ObjectSource, fromTree: string, toTree: string): Promise<string[]> {
  const changed: string[] = [];
  await compareTrees({ objects, changed }, fromTree, toTree, '');
  return changed.sort();
}

interface Comparison {
  readonly objects: ObjectSource;
  readonly changed: string[];
}

async function compareTrees(
  comparison: Comparison,
  from: string | undefined,
  to: string | undefined,
  prefix: string,
): Promise<void> {
  const { objects, changed } = comparison;
  if (from === to) return;
  const [left, right] = await Promise.all([from && objects.tree(from), to && objects.tree(to)]);
  const names = new Set([...(left ? left.byName.keys() : []), ...(right ? right.byName.keys() : [])]);
  for (const name of names) {
    const before = left ? left.byName.get(name) : undefined;
    const after = right ? right.byName.get(name) : undefined;
    if (isSame(before, after)) continue;
    const path = prefix + name;
    if ((before && before.type !== 'directory') || (after && after.type !== 'directory')) changed.push(path);
    const treeOf = (entry: TreeEntry | undefined) => (entry?.type === 'directory' ? entry.id : undefined);
    await compareTrees(comparison, treeOf(before), treeOf(after), `${path}/`);
  }
}

function isSame(before: TreeEntry | undefined, after: TreeEntry | undefined): boolean {
  return before?.id === after?.id && before?.type === after?.type && before?.executable === after?.executable;
}
