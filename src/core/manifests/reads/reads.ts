import { sha256 } from '#base/hash';
import type { Tree, TreeEntry } from '#base/tree';

/**
 * One thing that a render found in a tree. `entry`: the content id of a file or of a whole directory, or that nothing was
 * there. `list`: the names and types in a directory. `root`: the whole tree, when a symbolic link was on the way and the
 * ids along the path do not tell all.
 */
export type Read =
  | { readonly type: 'entry'; readonly path: string; readonly id: string | null }
  | { readonly type: 'list'; readonly path: string; readonly id: string | null; readonly names: string }
  | { readonly type: 'root' };

/** Everything that a render found in one tree. */
export interface TreeReads {
  readonly rootId: string;
  /** The directory of the source: the same id means that everything below is the same. */
  readonly scope: string;
  readonly scopeId: string | null;
  readonly reads: readonly Read[];
}

/** Names and types of a listing as one short text. */
export function hashListing(entries: readonly TreeEntry[] | undefined): string {
  return entries === undefined ? '' : sha256(entries.map(({ name, type }) => `${type} ${name}\n`).join(''));
}

/** Whether a render of another tree would find the same: a few look-ups, no content is read. */
export async function holdReads(recorded: TreeReads, tree: Tree, signal?: AbortSignal): Promise<boolean> {
  if (recorded.rootId === tree.id) return true;
  if (recorded.reads.some(({ type }) => type === 'root')) return false;
  const { scope, scopeId } = recorded;
  const isSameScope = scopeId !== null && (await tree.entry(scope, signal))?.id === scopeId;
  for (const read of recorded.reads) {
    if (read.type === 'root' || (isSameScope && isBelow(read.path, scope))) continue;
    if (!(await holds(read, tree, signal))) return false;
  }
  return true;
}

async function holds(read: Exclude<Read, { type: 'root' }>, tree: Tree, signal?: AbortSignal): Promise<boolean> {
  const id = (await tree.entry(read.path, signal))?.id ?? null;
  if (id === read.id) return true;
  return read.type === 'list' && id !== null && hashListing(await tree.list(read.path, signal)) === read.names;
}

function isBelow(path: string, scope: string): boolean {
  return scope === '' || path === scope || path.startsWith(`${scope}/`);
}
