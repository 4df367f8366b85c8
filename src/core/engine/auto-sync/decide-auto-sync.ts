import type { Verdict } from '../verdict.ts';
import type { AutoSyncDecision, AutoSyncInput, AutoSyncResource, LastOperation, SelfHealBackoff } from './auto-sync.ts';

const defaultBackoff: SelfHealBackoff = { initialMs: 2000, factor: 3, capMs: 300_000, fixedMs: 0 };

/** Whether an application syncs itself now (`compatibility.md` d.1): every guard skips, none fails. */
export function decideAutoSync(input: AutoSyncInput): AutoSyncDecision {
  const { automated } = input;
  if (automated === undefined || automated.enabled === false) return skip('not-automated', 'Automated sync is off.');
  if (input.isBeingDeleted) return skip('being-deleted', 'The application is being deleted.');
  if (input.hasOperation) return skip('operation-pending', 'Another operation is pending or running.');
  if (input.syncStatus !== 'OutOfSync') return skip('not-out-of-sync', `The application is ${input.syncStatus}.`);
  if (automated.prune !== true && input.resources.every((one) => one.status === 'Synced' || one.requiresPruning)) {
    return skip('only-prune-left', 'All that is left is to prune, and automated prune is off.');
  }
  if (!input.isWindowOpen) return skip('window-closed', 'No sync window permits an automated sync now.');
  return wasAttempted(input)
    ? afterAttempt(input)
    : guarded(input, { type: 'sync', autoHealAttempts: 0, verdict: newState });
}

function verdict(code: string, sentence: string): Verdict {
  return { code, parameters: {}, sentence };
}

const newState = verdict('new-state', 'Git holds a state that was not synced yet.');
const selfHeal = verdict('self-heal', 'The cluster drifted from what was synced; self-heal is on.');

function skip(code: string, sentence: string): AutoSyncDecision {
  return { type: 'skip', verdict: verdict(code, sentence) };
}

/** Attempt memory: one state is synced once, whatever came of it. */
function wasAttempted({ lastOperation, mayHaveChanges, revisions, sourceHash }: AutoSyncInput): boolean {
  if (lastOperation === undefined) return false;
  const { result } = lastOperation;
  if (result === undefined) return lastOperation.phase !== 'Running' && lastOperation.phase !== 'Terminating';
  const isSameRevision = !mayHaveChanges || isEqualList(revisions, result.revisions);
  return isSameRevision && sourceHash === result.sourceHash;
}

function isEqualList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

function afterAttempt(input: AutoSyncInput): AutoSyncDecision {
  const last = input.lastOperation as LastOperation;
  if (last.phase !== 'Succeeded') {
    return {
      type: 'blocked',
      condition: `Failed last sync attempt to ${formatRevisions(input.revisions)}: ${last.message}`,
      verdict: verdict(
        'attempt-failed',
        'The same state was tried before and failed; a new commit or a manual sync tries again.',
      ),
    };
  }
  if (input.automated?.selfHeal !== true) {
    return skip('no-self-heal', 'The same state was synced before, and self-heal is off.');
  }
  const { autoHealAttempts } = last;
  const dueMs = (last.finishedAtMs ?? 0) + healDelayMs(autoHealAttempts, input.backoff ?? defaultBackoff);
  if (input.nowMs < dueMs) {
    return {
      type: 'later',
      atMs: dueMs,
      verdict: verdict('self-heal-backoff', 'Self-heal waits after its last attempt.'),
    };
  }
  const resources = input.resources.filter((one) => one.status !== 'Synced').map(keyOf);
  return guarded(input, { type: 'sync', resources, autoHealAttempts: autoHealAttempts + 1, verdict: selfHeal });
}

/** 0 for the first attempt, then growing by the factor up to the cap; a fixed time when growing is turned off. */
function healDelayMs(attempts: number, { initialMs, factor, capMs, fixedMs }: SelfHealBackoff): number {
  if (initialMs === 0) return fixedMs;
  return attempts === 0 ? 0 : Math.min(capMs, initialMs * factor ** (attempts - 1));
}

function keyOf({ group, kind, namespace, name }: AutoSyncResource) {
  return { group, kind, namespace, name };
}

/** A source that suddenly holds nothing is more likely broken than meant. */
function guarded(input: AutoSyncInput, decision: AutoSyncDecision): AutoSyncDecision {
  const { automated, resources } = input;
  const wipesOut = resources.every((one) => one.requiresPruning);
  if (automated?.prune !== true || automated.allowEmpty === true || !wipesOut) return decision;
  return {
    type: 'blocked',
    condition: `Skipping sync attempt to ${formatRevisions(input.revisions)}: auto-sync will wipe out all resources`,
    verdict: verdict('wipe-out', 'Every resource would be pruned; set allowEmpty, or sync by hand, if that is meant.'),
  };
}

/** As Argo CD writes revisions into messages: one bare, several in brackets. */
function formatRevisions(revisions: readonly string[]): string {
  return `[${revisions.join(' ')}]`;
}
