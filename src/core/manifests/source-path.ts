import { posix } from 'node:path';
import { outsideRepository } from './manifest-errors.ts';

/**
 * A path of the repository in the form that trees take: no leading or trailing slash, no dots, '' for the root. A leading
 * slash of `path` means the root of the repository, otherwise it is relative to `base`. Throws RENDER_PATH_OUTSIDE_REPO.
 */
export function resolvePath(base: string, path: string, what: string): string {
  if (path.includes('\0') || path.includes('\\')) throw outsideRepository(path, what);
  const joined = posix.normalize(path.startsWith('/') ? path.slice(1) || '.' : `${base || '.'}/${path || '.'}`);
  if (joined === '..' || joined.startsWith('../') || joined.startsWith('/')) throw outsideRepository(path, what);
  return joined === '.' ? '' : joined.replace(/\/$/, '');
}

/** The directory of a source. Throws RENDER_PATH_OUTSIDE_REPO for an absolute path and for one that climbs out. */
export function sourcePath(path: string | undefined): string {
  if (path?.startsWith('/')) throw outsideRepository(path, 'path');
  return resolvePath('', path ?? '', 'path');
}

/** A path below a directory, as seen from there. */
export function relativeTo(directory: string, path: string): string {
  return directory === '' ? path : path.slice(directory.length + 1);
}

export function joinPath(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
