import { WindlassError } from '#base/errors';
import { isRecord, parseExact } from '#base/json';
import { parseYamlDocuments } from '#libs/languages/yaml';
import { invalidManifest } from '../manifest-errors.ts';
import type { RenderedObject } from '../rendered-object.ts';
import { toObjects } from '../to-objects.ts';

export interface ParsedManifestFile {
  readonly objects: readonly RenderedObject[];
  /** Why the file was left out, when it is no manifest. */
  readonly skipped?: string;
}

const skipMarker = '+argocd:skip-file-rendering';
const maxDepth = 100;

/**
 * The objects in a file of a directory source (`compatibility.md` a.5). YAML that does not parse, or that holds something
 * else than objects, is left out when nothing in the file looks like a manifest; otherwise it fails. Pure.
 */
export function parseManifestFile(text: string, file: string): ParsedManifestFile {
  if (text.includes(skipMarker)) return { objects: [], skipped: `"${file}" asks not to be rendered` };
  if (/\.json$/i.test(file)) return { objects: parseJson(text, file) };
  const objects: RenderedObject[] = [];
  let isManifest = looksLikeManifest(text);
  try {
    for (const { value, line } of parseYamlDocuments(text, { file })) {
      isManifest ||= isRecord(value) && Boolean(value['apiVersion'] && value['kind']);
      objects.push(...toObjects(value, { file, line }));
    }
  } catch (error) {
    const isLimit = error instanceof WindlassError && error.kind === 'ResourceExhausted';
    if (isLimit || isManifest) throw error;
    return { objects: [], skipped: `"${file}" is no Kubernetes manifest` };
  }
  return { objects };
}

function parseJson(text: string, file: string): RenderedObject[] {
  assertDepth(text, file);
  let value: unknown;
  try {
    value = parseExact(text);
  } catch (cause) {
    throw invalidManifest({ file }, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (!isRecord(value)) throw invalidManifest({ file }, 'a JSON file must hold one object');
  return toObjects(value, { file });
}

/** Counts brackets outside of strings: deep nesting is refused before anything recurses into it. */
function assertDepth(text: string, file: string): void {
  let depth = 0;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > maxDepth) throw invalidManifest({ file }, `it nests deeper than ${maxDepth} levels`);
  }
}

/** Rather too often than too seldom: a manifest that is left out would be pruned. */
function looksLikeManifest(text: string): boolean {
  return ['apiVersion', 'kind', 'metadata'].every((key) => new RegExp(`(?:^|[\\s{,"'])${key}["']?\\s*:`).test(text));
}
