import { deepEqual } from '#base/json';
import type { Application } from '#core/api';
import { annotations, parseHold } from '#core/api';
import { readDeployments } from './operation-marks.ts';

/** What Git holds now: the resolved revisions and the digest of what they render to. */
export interface Candidate {
  readonly revisions: readonly string[];
  readonly digest: string | undefined;
}

export function hasHold({ metadata }: Pick<Application, 'metadata'>): boolean {
  return metadata.annotations?.[annotations.hold] !== undefined;
}

/**
 * Whether a rollback quarantined what Git holds now. A later commit that renders to the same manifests is as bad as the
 * revision that was rolled back from: content counts, not its name.
 */
export function isHeld(application: Application, { revisions, digest }: Candidate): boolean {
  const skipped = parseHold(application.metadata.annotations?.[annotations.hold])?.skipRevisions;
  if (!Array.isArray(skipped)) return false;
  if (deepEqual(skipped, revisions)) return true;
  const deployments = readDeployments(application);
  const bad = (application.status?.history ?? []).findLast((entry) =>
    deepEqual(entry.revisions ?? [entry.revision ?? ''], skipped),
  );
  return bad !== undefined && digest !== undefined && deployments[bad.id] === digest;
}
