import { rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { stringifyExact } from '#base/json';
import { parseRemoteEntry } from '#libs/kustomize';
import { renderLimit } from '../manifest-errors.ts';
import { RecordingTree } from '../reads/recording-tree.ts';
import type { RenderContext } from '../render-context.ts';
import { joinPath } from '../source-path.ts';
import { writeSubtree } from '../write-subtree.ts';
import { collectRoots, graphFields } from './collect-roots.ts';
import type { Kustomization, RemoteUse } from './collect-roots.ts';

type Value = Kustomization['value'];

const maxDepth = 5;
const folder = '.remote';

/**
 * Brings what kustomizations take from elsewhere into the copy, and points them at it: the build itself has no network.
 * A branch is followed only when something else is rendered, or by a hard refresh. The kustomizations as they are now, by
 * file.
 */
export async function placeRemotes(
  context: RenderContext,
  remotes: readonly RemoteUse[],
  { root, depth = 0 }: { readonly root: string; readonly depth?: number },
): Promise<ReadonlyMap<string, Value>> {
  if (depth > maxDepth) throw renderLimit(`Remote kustomizations nest deeper than ${maxDepth} levels.`);
  const changed = new Map<string, Value>();
  for (const [i, { kustomization, directory, entry }] of remotes.entries()) {
    const local = await placeOne(context, { entry, root, depth, directory, name: String(i) });
    const before = changed.get(kustomization.file) ?? kustomization.value;
    changed.set(kustomization.file, replaceEntry(before, entry, local));
  }
  for (const [file, value] of changed) await rewrite(join(root, file), value);
  return changed;
}

/** Replaces a file of the copy by a new one: what is there may be shared. */
export async function rewrite(path: string, value: Value): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, stringifyExact(value));
}

interface Placing {
  readonly entry: string;
  readonly root: string;
  readonly depth: number;
  readonly directory: string;
  readonly name: string;
}

/** The entry that leads to the copy, relative to the kustomization's directory. */
async function placeOne(context: RenderContext, { entry, root, depth, directory, name }: Placing): Promise<string> {
  const { tools, signal } = context;
  const target = parseRemoteEntry(entry);
  if (!target) return entry;
  if (target.type === 'file') {
    const file = `${folder}-${name}.yaml`;
    await writeFile(join(root, directory, file), await tools.fetchFile(target.url, signal));
    return file;
  }
  const tree = new RecordingTree(await tools.openRepository(target, signal), target.path);
  const place = `${folder}/${name}`;
  const found = await collectRoots(tree, target.path, { extra: [], signal });
  for (const path of found.roots) await writeSubtree(tree, path, join(root, place), signal);
  await placeRemotes(context, found.remotes, { root: join(root, place), depth: depth + 1 });
  return posix.relative(directory, joinPath(place, target.path));
}

function replaceEntry(value: Value, entry: string, local: string): Value {
  const fields = graphFields.flatMap((field) => {
    const list = value[field];
    return Array.isArray(list) ? [[field, list.map((one: unknown) => (one === entry ? local : one))] as const] : [];
  });
  return { ...value, ...Object.fromEntries(fields) };
}
