import { posix } from 'node:path';
import { compileGlob } from '#base/glob';
import { WindlassError } from '#base/errors';
import { invalidSource } from '../manifest-errors.ts';
import type { RecordingTree } from '../reads/recording-tree.ts';
import type { RenderContext } from '../render-context.ts';
import { joinPath } from '../source-path.ts';
import { isReference, resolveSourceFile } from './resolve-source-file.ts';
import type { SourceFile } from './resolve-source-file.ts';

/** A values file in a tree or at a URL. */
export type ValueFile = ({ readonly type: 'tree' } & SourceFile) | { readonly type: 'url'; readonly url: string };

/** What of a source decides its value files. */
export type ValueFileContext = Pick<
  RenderContext,
  'source' | 'tree' | 'path' | 'references' | 'environment' | 'settings' | 'signal'
>;

/** The value files of a source in the order that Helm gets them; globs are replaced by what they match, in lexical order. */
export async function expandValueFiles(context: ValueFileContext): Promise<ValueFile[]> {
  const { valueFiles = [], ignoreMissingValueFiles = false } = context.source.helm ?? {};
  const entries = valueFiles.map((text) => resolveEntry(context, text));
  // A file that is listed by itself keeps its own place, whatever globs match.
  const listed = new Set(entries.filter((entry) => entry.type === 'tree').map(keyOf));
  const files: ValueFile[] = [];
  for (const entry of entries) {
    if (entry.type === 'url') files.push(entry);
    else if (entry.type === 'tree') {
      const found = await entry.tree.entry(entry.path, context.signal);
      if (found && found.type !== 'directory') files.push(entry);
      else if (!ignoreMissingValueFiles) throw valueFileMissing(entry.path);
    } else {
      const matches = (await matchFiles(entry, context.signal)).filter((match) => !listed.has(keyOf(match)));
      if (matches.length === 0 && !ignoreMissingValueFiles) throw valueFileMissing(entry.path);
      files.push(...matches);
    }
  }
  return files;
}

type Entry = ValueFile | ({ readonly type: 'glob' } & SourceFile);

function resolveEntry(context: ValueFileContext, given: string): Entry {
  const { environment, references, settings } = context;
  const text = isReference(given, references) ? given : environment.substitute(given);
  const scheme = /^([a-zA-Z][\w+.-]*):\/\//.exec(text)?.[1];
  if (scheme !== undefined) {
    if (!settings.helmValuesFileSchemes.includes(scheme.toLowerCase()))
      throw invalidSource(
        `The value file URL scheme "${scheme}" is not allowed.`,
        'helm.valueFiles',
        'Allowed schemes are listed in helm.valuesFileSchemes of argocd-cm.',
      );
    return { type: 'url', url: text };
  }
  const file = resolveSourceFile(context, text, 'value file');
  return { type: /[*?[{]/.test(file.path) ? 'glob' : 'tree', ...file };
}

async function matchFiles({ tree, path }: SourceFile, signal: AbortSignal): Promise<({ type: 'tree' } & SourceFile)[]> {
  const firstMagic = path.search(/[*?[{]/);
  const base = path.slice(0, Math.max(0, path.lastIndexOf('/', firstMagic)));
  const rest = path.slice(base === '' ? 0 : base.length + 1);
  // "**/" also stands for no directory at all.
  const patterns = [path, path.replaceAll('**/', '')].map((pattern) => compileGlob(pattern, '/'));
  const found: string[] = [];
  await walk(tree, base, {
    signal,
    isDeep: rest.includes('/') || rest.includes('**'),
    visit: (file) => found.push(file),
  });
  return found
    .filter((file) => patterns.some((isMatch) => isMatch(file)))
    .toSorted()
    .map((file) => ({ type: 'tree', tree, path: file }));
}

async function walk(
  tree: RecordingTree,
  folder: string,
  options: { readonly signal: AbortSignal; readonly isDeep: boolean; readonly visit: (file: string) => void },
): Promise<void> {
  for (const { name, type } of (await tree.list(folder, options.signal)) ?? []) {
    const at = joinPath(folder, name);
    if (type === 'file' || type === 'symlink') options.visit(at);
    else if (options.isDeep && type === 'directory') await walk(tree, at, options);
  }
}

function keyOf(file: SourceFile): string {
  return `${file.tree.id} ${posix.normalize(file.path)}`;
}

/** The words that Helm has for it, which people search for. */
function valueFileMissing(path: string): WindlassError {
  return new WindlassError({
    code: 'HELM_VALUE_FILE_MISSING',
    kind: 'NotFound',
    message: `failed to execute helm template command: open ${path}: no such file or directory`,
    hint: 'Correct helm.valueFiles, or set helm.ignoreMissingValueFiles.',
    at: { field: 'helm.valueFiles', file: path },
  });
}
