import { invalidSource } from '../manifest-errors.ts';
import type { RecordingTree } from '../reads/recording-tree.ts';
import type { RenderContext } from '../render-context.ts';
import { resolvePath } from '../source-path.ts';

/** A file that a source names: in its own repository, or in that of a sibling source with a `ref`. */
export interface SourceFile {
  readonly tree: RecordingTree;
  readonly path: string;
}

/**
 * `$name/path` is a path from the root of the sibling `name`; a leading slash means the source's own root; anything else is
 * relative to the source's directory (`compatibility.md` a.3). Throws RENDER_PATH_OUTSIDE_REPO.
 */
export function resolveSourceFile(
  context: Pick<RenderContext, 'tree' | 'path' | 'references'>,
  text: string,
  what: string,
): SourceFile {
  const [, reference, rest] = /^\$([^/]+)(?:\/(.*))?$/s.exec(text) ?? [];
  if (reference === undefined) return { tree: context.tree, path: resolvePath(context.path, text, what) };
  const tree = context.references.get(reference);
  if (!tree)
    throw invalidSource(
      `The ${what} "${text}" refers to "$${reference}", and no source of the application has that ref.`,
      what,
    );
  return { tree, path: resolvePath('', rest ?? '', what) };
}

/** Whether a path begins like a reference: these are not build variables. */
export function isReference(text: string, references: ReadonlyMap<string, unknown>): boolean {
  const name = /^\$([^/{]+)/.exec(text)?.[1];
  return name !== undefined && references.has(name);
}
