import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Tree, TreeEntry } from '#base/tree';
import { renderLimit } from './manifest-errors.ts';
import { joinPath } from './source-path.ts';

const maxLinkDepth = 8;
const maxFiles = 50_000;
const maxFileBytes = 100 * 1024 * 1024;
const filesAtOnce = 32;

/**
 * Copies everything below a directory of a tree to the same path below `root`, as plain files that a tool may change.
 * What links lead to is copied in their place.
 */
export async function writeSubtree(tree: Tree, path: string, root: string, signal: AbortSignal): Promise<void> {
  const files: { path: string; executable: boolean }[] = [];
  const walk = async (folder: string, linkDepth: number): Promise<void> => {
    await mkdir(join(root, folder), { recursive: true });
    for (const entry of (await tree.list(folder, signal)) ?? []) {
      const at = joinPath(folder, entry.name);
      if (files.length > maxFiles) throw renderLimit(`The directory "${path}" holds more than ${maxFiles} files.`);
      if (await isDirectory(tree, at, entry, signal)) {
        const depth = linkDepth + (entry.type === 'symlink' ? 1 : 0);
        if (depth > maxLinkDepth) throw renderLimit(`Symbolic links at "${at}" nest too deeply.`, at);
        await walk(at, depth);
      } else if (entry.type !== 'submodule') files.push({ path: at, executable: entry.executable ?? false });
    }
  };
  await walk(path, 0);
  for (let at = 0; at < files.length; at += filesAtOnce) {
    await Promise.all(files.slice(at, at + filesAtOnce).map((file) => writeOne(tree, file, root, signal)));
  }
}

/** Copies one file; nothing when it is absent. */
export async function writeTreeFile(tree: Tree, path: string, root: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeOne(tree, { path, executable: false }, root, signal);
}

async function writeOne(
  tree: Tree,
  { path, executable }: { readonly path: string; readonly executable: boolean },
  root: string,
  signal: AbortSignal,
): Promise<void> {
  const content = await tree.read(path, { maxBytes: maxFileBytes, signal });
  // A link to nothing has no content.
  if (content) await writeFile(join(root, path), content, { mode: executable ? 0o755 : 0o644 });
}

async function isDirectory(tree: Tree, path: string, entry: TreeEntry, signal: AbortSignal): Promise<boolean> {
  if (entry.type === 'directory') return true;
  return entry.type !== 'file' && (await tree.list(path, signal)) !== undefined;
}
