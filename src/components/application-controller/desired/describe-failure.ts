import type { ErrorDetail } from '#base/errors';

/** A failure to find a revision, in the words that Argo CD's users search for. */
export function describeRevisionFailure(error: ErrorDetail, targetRevision: string): string {
  return error.kind === 'NotFound' && error.code.includes('REVISION')
    ? `unable to resolve '${targetRevision || 'HEAD'}' to a commit SHA: revision not found`
    : withHint(error);
}

/** The text of a ComparisonError of one source (`compatibility.md` a.9). */
export function describeRenderFailure(message: string, source: number, sources: number): string {
  return `Failed to load target state: failed to generate manifest for source ${source} of ${sources}: rpc error: code = Unknown desc = ${message}`;
}

export function withHint({ message, hint }: ErrorDetail): string {
  return hint === undefined ? message : `${message} ${hint}`;
}
