import { WindlassError } from '#base/errors';

/** What a YAML text may hold (`safety.md` §3, input limits). */
export interface YamlLimits {
  readonly maxBytes: number;
  readonly maxDocuments: number;
  readonly maxDepth: number;
  /** Nodes of one text as written. */
  readonly maxNodes: number;
  /** Nodes after aliases are replaced by what they stand for. */
  readonly maxExpandedNodes: number;
  readonly maxKeysPerMap: number;
}

export const defaultYamlLimits: YamlLimits = Object.freeze({
  maxBytes: 10 * 1024 * 1024,
  maxDocuments: 10_000,
  maxDepth: 100,
  maxNodes: 2_000_000,
  maxExpandedNodes: 1_000_000,
  maxKeysPerMap: 50_000,
});

/** Thrown when a text exceeds a limit: it is refused before anything walks it. */
export function yamlLimitExceeded(what: string, file: string | undefined, line?: number): WindlassError {
  return new WindlassError({
    code: 'YAML_LIMIT',
    kind: 'ResourceExhausted',
    message: `${file === undefined ? 'The YAML text' : `The YAML file "${file}"`} ${what}.`,
    hint: 'Split the file or make it smaller.',
    retry: 'never',
    at: { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) },
  });
}
