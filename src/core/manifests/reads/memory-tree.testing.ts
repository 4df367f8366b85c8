import { posix } from 'node:path';
import { hashJson, sha256 } from '#base/hash';
import type { Tree, TreeEntry } from '#base/tree';

type Content = string | { readonly link: string };

/** A tree of a few files for tests; links are followed in directories on the way and in the file read. */
export function memoryTree(files: Readonly<Record<string, Content>>): Tree {
  const resolve = (path: string, followLast: boolean): string => {
    const names = path.split('/').filter(Boolean);
    let at = '';
    for (const [i, name] of names.entries()) {
      at = at === '' ? name : `${at}/${name}`;
      const content = files[at];
      if (typeof content === 'object' && (followLast || i < names.length - 1))
        at = resolve(posix.normalize(`${posix.dirname(at)}/${content.link}`), true);
    }
    return at;
  };
  const entryAt = (path: string): TreeEntry | undefined => {
    const name = posix.basename(path);
    const content = Object.hasOwn(files, path) ? files[path] : undefined;
    if (typeof content === 'string') return { name, type: 'file', id: sha256(content) };
    if (content) return { name, type: 'symlink', id: sha256(`-> ${content.link}`) };
    const entries = entriesOf(path);
    return entries && { name, type: 'directory', id: hashJson(entries) };
  };
  const entriesOf = (path: string): TreeEntry[] | undefined => {
    const prefix = path === '' ? '' : `${path}/`;
    const below = Object.keys(files).filter((file) => file.startsWith(prefix));
    if (below.length === 0) return undefined;
    const names = [...new Set(below.map((file) => file.slice(prefix.length).split('/')[0] as string))].toSorted();
    return names.map((name) => entryAt(prefix + name) as TreeEntry);
  };
  return {
    id: hashJson(entriesOf('') ?? []),
    entry: async (path) => entryAt(resolve(path, false)),
    list: async (path) => entriesOf(resolve(path, true)),
    read: async (path) => {
      const content = files[resolve(path, true)];
      return typeof content === 'string' ? Buffer.from(content) : undefined;
    },
    materialise: async () => Promise.reject(new Error('A memory tree is not on disk.')),
  };
}
