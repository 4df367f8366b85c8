import { WindlassError } from '#base/errors';
import { parseYamlDocuments } from '#libs/languages/yaml';
import type { RenderedObject } from './rendered-object.ts';
import { toObjects } from './to-objects.ts';

/** What a tool may print: more than a file may hold. */
const limits = { maxBytes: 50 * 1024 * 1024, maxNodes: 10_000_000 } as const;

/**
 * The objects in what Helm, Kustomize or a plug-in printed. Every document must be an object: a tool's output is never
 * skipped. Helm names the template of each document in a comment; it becomes the object's file.
 */
export function parseToolOutput(text: string, tool: string): RenderedObject[] {
  const sources = findSourceComments(text);
  let documents;
  try {
    documents = parseYamlDocuments(text, { limits });
  } catch (error) {
    if (!(error instanceof WindlassError)) throw error;
    const file = sourceAt(sources, error.at?.line ?? 0);
    throw new WindlassError({
      ...error.toJSON(),
      message: `Failed to parse the output of ${tool}${file === undefined ? '' : ` from "${file}"`}: ${error.message}`,
      ...(file === undefined ? {} : { at: { file } }),
      cause: error,
    });
  }
  return documents.flatMap(({ value, line }) => {
    const file = sourceAt(sources, line);
    // Lines of the output mean nothing to the author of a template.
    return toObjects(value, file === undefined ? { line } : { file }).map(({ object }) => ({
      object,
      ...(file === undefined ? {} : { file }),
    }));
  });
}

interface SourceComment {
  readonly line: number;
  readonly file: string;
}

function findSourceComments(text: string): SourceComment[] {
  const found: SourceComment[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(/^---[^\n]*\n# Source: (.+)$/gm)) {
    for (let at = text.indexOf('\n', counted); at >= 0 && at < match.index; at = text.indexOf('\n', at + 1)) line++;
    counted = match.index;
    found.push({ line: line + 1, file: (match[1] as string).trim() });
  }
  return found;
}

/** The last comment at or above a line. */
function sourceAt(sources: readonly SourceComment[], line: number): string | undefined {
  let low = 0;
  let high = sources.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sources[middle] as SourceComment).line <= line) low = middle + 1;
    else high = middle;
  }
  return sources[low - 1]?.file;
}
