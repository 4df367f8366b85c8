import { WindlassError } from '#base/errors';
import type { TreeEntry } from '#base/tree';
import { invalidPath, symlinkOutside } from './git-errors.ts';
import type { ObjectSource } from './object-source.ts';

/** Where a path leads once the links on the way are followed. */
export interface Located {
  readonly entry: TreeEntry;
  /** Real path from the root. */
  readonly path: string;
  /** What remains of the path behind a submodule: it lies in another repository. */
  readonly rest: readonly string[];
}

const maxLinks = 40;

/** The names of a path. Throws GIT_PATH_INVALID for an absolute path and for one that climbs. */
export function splitPath(path: string): string[] {
  if (path.startsWith('/')) throw invalidPath(path, 'is absolute');
  if (path.includes('\0')) throw invalidPath(path, 'holds a NUL character');
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw invalidPath(path, 'leads out of the repository');
  return names;
}

/**
 * Walks from a root tree along `names`, following symbolic links inside the tree; the one in the last place only when
 * asked. Undefined when there is nothing. Throws GIT_SYMLINK_OUTSIDE and GIT_SYMLINK_LOOP.
 */
export async function locatePath(
  objects: ObjectSource,
  rootId: string,
  names: readonly string[],
  followLast: boolean,
): Promise<Located | undefined> {
  const ahead = [...names].reverse();
  const trail: TreeEntry[] = [{ name: '', type: 'directory', id: rootId }];
  let links = 0;
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === '..') {
      trail.pop();
      continue;
    }
    const here = trail[trail.length - 1] as TreeEntry;
    if (here.type !== 'directory') return undefined;
    const known = objects.tree(here.id);
    const entry = (known instanceof Promise ? await known : known).byName.get(name);
    if (entry === undefined) return undefined;
    if (entry.type === 'symlink' && (followLast || ahead.length > 0)) {
      if (++links > maxLinks) throw symlinkLoop(names.join('/'));
      const at = pathOf([...trail, entry]);
      const steps = (await objects.link(entry.id, at)).split('/');
      assertInside(steps, trail.length - 1, at);
      ahead.push(...steps.filter((step) => step !== '' && step !== '.').reverse());
      continue;
    }
    trail.push(entry);
    if (entry.type === 'submodule') return { entry, path: pathOf(trail), rest: ahead.reverse() };
  }
  return { entry: trail[trail.length - 1] as TreeEntry, path: pathOf(trail), rest: [] };
}

/** A link may climb to the root of the repository and no further; an absolute one is outside by nature. */
function assertInside(steps: readonly string[], startDepth: number, at: string): void {
  let depth = startDepth;
  for (const step of steps) {
    if (step === '..') depth--;
    else if (step !== '' && step !== '.') depth++;
    if (depth < 0) throw symlinkOutside(at);
  }
  if (steps[0] === '') throw symlinkOutside(at);
}

function pathOf(trail: readonly TreeEntry[]): string {
  return trail
    .slice(1)
    .map(({ name }) => name)
    .join('/');
}

function symlinkLoop(path: string): WindlassError {
  return new WindlassError({
    code: 'GIT_SYMLINK_LOOP',
    kind: 'InvalidInput',
    message: `The path "${path}" goes through more than ${maxLinks} symbolic links.`,
    hint: 'Remove the loop of links from the repository.',
  });
}
