import { WindlassError } from '#base/errors';
import { limitExceeded, pathNotFound } from './git-errors.ts';
import { locatePath, splitPath } from './locate-path.ts';
import type { ObjectSource } from './object-source.ts';

/** One thing to write when a directory of a tree is put on disk. */
export interface PlannedFile {
  /** Relative to the directory. */
  readonly path: string;
  readonly type: 'file' | 'symlink' | 'submodule';
  readonly id: string;
  readonly executable: boolean;
  /** Where a link leads, as it stands there. */
  readonly target?: string;
}

export interface FilePlan {
  /** Id of the directory's tree. */
  readonly treeId: string;
  readonly files: readonly PlannedFile[];
  /** Content that links brought in from outside the directory: part of its identity, but not of its tree id. */
  readonly imported: readonly string[];
}

interface Walk {
  readonly objects: ObjectSource;
  readonly rootId: string;
  /** Real path of the directory, '' or with a trailing slash. */
  readonly base: string;
  readonly files: PlannedFile[];
  readonly imported: string[];
}

const maxFiles = 100_000;
const maxImportDepth = 8;

/**
 * Lists what a materialised directory holds. A link that stays inside it is kept; one that leads elsewhere in the
 * repository is replaced by what it leads to; one that leaves the repository fails the whole plan.
 */
export async function planFiles(objects: ObjectSource, rootId: string, path: string): Promise<FilePlan> {
  const start = await locatePath(objects, rootId, splitPath(path), true);
  if (start?.entry.type !== 'directory') throw pathNotFound(path);
  const base = start.path === '' ? '' : `${start.path}/`;
  const walk: Walk = { objects, rootId, base, files: [], imported: [] };
  await walkTree(walk, start.entry.id, { realPath: base, writtenPath: '', importDepth: 0 });
  return { treeId: start.entry.id, files: walk.files, imported: walk.imported };
}

interface Place {
  /** Where the tree is in the repository. */
  readonly realPath: string;
  /** Where it is written below the directory. */
  readonly writtenPath: string;
  readonly importDepth: number;
}

async function walkTree(walk: Walk, treeId: string, place: Place): Promise<void> {
  for (const entry of (await walk.objects.tree(treeId)).entries) {
    assertSafeName(entry.name, place.realPath);
    const realPath = place.realPath + entry.name;
    const path = place.writtenPath + entry.name;
    if (walk.files.length >= maxFiles) throw limitExceeded(`The directory holds more than ${maxFiles} files.`);
    if (entry.type === 'directory') {
      await walkTree(walk, entry.id, { ...place, realPath: `${realPath}/`, writtenPath: `${path}/` });
    } else if (entry.type === 'symlink') await walkLink(walk, entry.id, { ...place, realPath, writtenPath: path });
    else walk.files.push({ path, type: entry.type, id: entry.id, executable: entry.executable ?? false });
  }
}

async function walkLink(walk: Walk, linkId: string, place: Place): Promise<void> {
  const found = await locatePath(walk.objects, walk.rootId, splitPath(place.realPath), true);
  const target = await walk.objects.link(linkId, place.realPath);
  if (
    place.importDepth === 0 &&
    found &&
    staysInside(place.writtenPath, target) &&
    `${found.path}/`.startsWith(walk.base)
  ) {
    walk.files.push({ path: place.writtenPath, type: 'symlink', id: linkId, executable: false, target });
    return;
  }
  // A link to nothing is left out: a tool that opens it finds no file, as it would in a checkout.
  if (!found || found.rest.length > 0 || found.entry.type === 'submodule') return;
  const { entry } = found;
  if (place.importDepth >= maxImportDepth)
    throw limitExceeded(`Symbolic links at "${place.realPath}" nest too deeply.`);
  walk.imported.push(`${place.writtenPath}\0${entry.id}`);
  if (entry.type === 'directory') {
    await walkTree(walk, entry.id, {
      realPath: found.path === '' ? '' : `${found.path}/`,
      writtenPath: `${place.writtenPath}/`,
      importDepth: place.importDepth + 1,
    });
  } else {
    walk.files.push({ path: place.writtenPath, type: 'file', id: entry.id, executable: entry.executable ?? false });
  }
}

/**
 * Whether a link's text, read where it is written, stays inside the directory. It may climb first and descend then, not
 * the other way round: on disk, `..` after another link leads from where that link ends.
 */
function staysInside(writtenPath: string, target: string): boolean {
  const steps = target.split('/').filter((step) => step !== '' && step !== '.');
  const climbs = steps.findIndex((step) => step !== '..');
  const descent = climbs < 0 ? [] : steps.slice(climbs);
  const height = climbs < 0 ? steps.length : climbs;
  return !target.startsWith('/') && !descent.includes('..') && height < writtenPath.split('/').length;
}

function assertSafeName(name: string, at: string): void {
  const bare = name.toLowerCase();
  if (name !== '' && name !== '.' && name !== '..' && bare !== '.git' && !/[/\\\0]/.test(name)) return;
  throw new WindlassError({
    code: 'GIT_TREE_UNSAFE',
    kind: 'InvalidInput',
    message: `The directory "${at}" of the repository holds an entry whose name is not permitted.`,
    hint: 'Rename the entry.',
  });
}
