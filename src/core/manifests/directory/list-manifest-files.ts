import { compileGlob } from '#base/glob';
import type { GlobMatcher } from '#base/glob';
import type { DirectorySource } from '#core/api';
import { invalidSource, renderLimit } from '../manifest-errors.ts';
import type { RecordingTree } from '../reads/recording-tree.ts';
import { joinPath, relativeTo } from '../source-path.ts';

export interface ListOptions {
  readonly directory: DirectorySource;
  readonly includeHidden: boolean;
  readonly signal: AbortSignal;
}

const manifestName = /\.(ya?ml|json|jsonnet)$/i;
const maxFiles = 20_000;

/** The files that a directory source takes, in the order of a walk by name (`compatibility.md` a.5). */
export async function listManifestFiles(tree: RecordingTree, path: string, options: ListOptions): Promise<string[]> {
  const { directory, includeHidden, signal } = options;
  const accepts = buildFilter(directory);
  const files: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const { name, type } of (await tree.list(folder, signal)) ?? []) {
      const at = joinPath(folder, name);
      if (type === 'directory') {
        if (directory.recurse && (includeHidden || !name.startsWith('.'))) await walk(at);
      } else if (type !== 'submodule' && accepts(relativeTo(path, at))) files.push(at);
      if (files.length > maxFiles) throw renderLimit(`The directory "${path}" holds more than ${maxFiles} manifests.`);
    }
  };
  await walk(path);
  return files;
}

function buildFilter({ include, exclude, disableExtensionFilter }: DirectorySource): (path: string) => boolean {
  const isIncluded = include ? compile(include, 'directory.include') : () => true;
  const isExcluded = exclude ? compile(exclude, 'directory.exclude') : () => false;
  return (path) => (disableExtensionFilter || manifestName.test(path)) && isIncluded(path) && !isExcluded(path);
}

function compile(pattern: string, field: string): GlobMatcher {
  try {
    return compileGlob(pattern);
  } catch (error) {
    throw invalidSource(
      `The pattern in ${field} is not usable: ${error instanceof Error ? error.message : String(error)}`,
      field,
    );
  }
}
