import type { ErrorDetail } from '#base/errors';

const prefix = 'Failed to load target state: ';

/** A failure to find a revision, in the words that Argo CD's users search for (`compatibility.md` a.9). `source` counts from 0. */
export function describeRevisionFailure(
  { kind, message }: Pick<ErrorDetail, 'kind' | 'message'>,
  targetRevision: string,
  { source, sources }: { readonly source: number; readonly sources: number },
): string {
  const text =
    kind === 'NotFound'
      ? `unable to resolve '${targetRevision || 'HEAD'}' to a commit SHA: revision not found`
      : message;
  return `${prefix}failed to generate manifest for source ${source + 1} of ${sources}: rpc error: code = Unknown desc = ${text}`;
}

/** A failure to render; the repo-server's message names the source. */
export function describeRenderFailure({ message }: Pick<ErrorDetail, 'message'>): string {
  return `${prefix}${message}`;
}
