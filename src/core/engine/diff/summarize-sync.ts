import type { Comparison, SyncState } from './comparison.ts';

/** The sync state of an application: Unknown when a counted comparison failed, else OutOfSync when one differs. */
export function summarizeSync(comparisons: Iterable<Comparison>): SyncState {
  let state: SyncState = 'Synced';
  for (const comparison of comparisons) {
    if (!comparison.isCounted) continue;
    if (comparison.state === 'Unknown') return 'Unknown';
    if (comparison.state === 'OutOfSync') state = 'OutOfSync';
  }
  return state;
}

/**
 * Whether a sync has something to send for this object. Fields that rules hide are left alone; values that are right but owned by
 * somebody else are applied once, so that leaving Git removes them later.
 */
export function needsApply(comparison: Comparison): boolean {
  return comparison.state !== 'Synced' || comparison.verdict.code === 'ownership-only';
}
