import type { TreeEntry } from '#base/tree';
import type { CommitMetadata } from './git-store.ts';
import { protocolError } from './pkt-line.ts';

/** A directory of a Git tree, parsed once and kept. */
export interface ParsedTree {
  /** Sorted by name. */
  readonly entries: readonly TreeEntry[];
  readonly byName: ReadonlyMap<string, TreeEntry>;
}

const entryTypes: Readonly<Record<string, TreeEntry['type']>> = {
  '40000': 'directory',
  '040000': 'directory',
  '120000': 'symlink',
  '160000': 'submodule',
};

/** Parses a tree object: `mode name NUL id`, repeated. `idBytes` is 20, or 32 for SHA-256 repositories. */
export function parseTreeObject(bytes: Buffer, idBytes = 20): ParsedTree {
  const byName = new Map<string, TreeEntry>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const nul = bytes.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 1 + idBytes > bytes.length) throw protocolError('a tree object is malformed');
    const mode = bytes.toString('latin1', at, space);
    const name = bytes.toString('utf8', space + 1, nul);
    at = nul + 1 + idBytes;
    const id = bytes.toString('hex', nul + 1, at);
    const type = entryTypes[mode] ?? 'file';
    byName.set(name, { name, type, id, ...(type === 'file' && isExecutable(mode) ? { executable: true } : {}) });
  }
  const entries = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { entries, byName };
}

/** Parses a commit object: headers up to the first blank line, then the message. */
export function parseCommitObject(sha: string, bytes: Buffer): CommitMetadata {
  const text = bytes.toString('utf8');
  const end = text.indexOf('\n\n');
  const headers = (end < 0 ? text : text.slice(0, end)).split('\n');
  const value = (name: string) => headers.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
  const author = /^(.*) (-?\d+) [+-]\d{4}$/.exec(value('author') ?? '');
  const treeId = value('tree');
  if (treeId === undefined) throw protocolError('a commit object names no tree');
  return {
    sha,
    treeId,
    parents: headers.filter((line) => line.startsWith('parent ')).map((line) => line.slice('parent '.length)),
    author: author?.[1] ?? value('author') ?? '',
    date: toRfc3339(Number(author?.[2] ?? 0)),
    message: end < 0 ? '' : text.slice(end + 2).replace(/\n$/, ''),
    signed: headers.some((line) => line.startsWith('gpgsig ') || line.startsWith('gpgsig-sha256 ')),
  };
}

function isExecutable(mode: string): boolean {
  return (Number.parseInt(mode, 8) & 0o100) !== 0;
}

/** Seconds since the epoch as RFC 3339; a time beyond what dates can hold counts as the epoch. */
function toRfc3339(seconds: number): string {
  const date = new Date(seconds * 1000);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString().replace('.000Z', 'Z');
}
