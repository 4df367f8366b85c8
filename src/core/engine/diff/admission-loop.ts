import { hashJson } from '#base/hash';
import type { KubeObject } from '#libs/kube';

/** What the server answered to one apply. */
export interface AppliedResponse {
  readonly desiredHash: string;
  readonly fingerprint: string;
  /** The answer itself still differed from Git: admission changed what was sent. */
  readonly stillDiffered: boolean;
}

const loopLength = 3;

/**
 * True when the same desired state was applied three times in a row and every answer still differed: applying once more would change
 * nothing. The owner of the first difference names who changes it.
 */
export function isAdmissionLoop(history: readonly AppliedResponse[], desiredHash: string): boolean {
  const last = history.slice(-loopLength);
  return (
    last.length === loopLength &&
    last.every((response) => response.desiredHash === desiredHash && response.stillDiffered)
  );
}

/** The history with one more answer; only the current desired state's answers are kept. */
export function recordResponse(
  history: readonly AppliedResponse[],
  response: AppliedResponse,
): readonly AppliedResponse[] {
  return [...history.filter((one) => one.desiredHash === response.desiredHash), response].slice(-loopLength);
}

/** Content of an answer without what changes with every write. */
export function responseFingerprint({ metadata, ...object }: KubeObject): string {
  const { managedFields: _m, resourceVersion: _r, generation: _g, ...kept } = metadata;
  const { status: _s, ...rest } = object as Record<string, unknown>;
  return hashJson({ ...rest, metadata: kept });
}
