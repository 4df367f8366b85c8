import type { Application, ResourceResult } from '#core/api';
import { humanAge } from '../output/human-age.ts';
import type { Cause } from './explanation.ts';

const failed: ReadonlySet<string> = new Set(['Failed', 'Error']);

/** Why the last operation failed, what a running one waits for, that nobody took up the next. Pure. */
export function explainOperation({ metadata, operation, status }: Application, nowMs: number): readonly Cause[] {
  const state = status?.operationState;
  const name = metadata.name ?? '';
  if (operation !== undefined && state?.phase !== 'Running' && state?.phase !== 'Terminating') {
    return [
      {
        rule: 'run.waiting',
        text: 'An operation was asked for, and no controller has taken it up yet.',
        evidence: [],
        next: 'windlass status',
      },
    ];
  }
  if (state === undefined) return [];
  const rows = state.syncResult?.resources ?? [];
  if (state.phase === 'Running' || state.phase === 'Terminating') {
    const isRetrying = state.phase === 'Running' && state.finishedAt !== undefined;
    return [
      {
        rule: isRetrying ? 'run.retrying' : 'run.running',
        text: `A sync runs for ${humanAge(state.startedAt, nowMs)}: ${state.message || 'no message yet'}`,
        since: state.startedAt,
        evidence: rows.filter(({ hookPhase }) => hookPhase === 'Running').map(rowText),
        next: `windlass app wait ${name} --operation`,
      },
    ];
  }
  if (!failed.has(state.phase)) return [];
  const bad = rows.filter(({ status: result, hookPhase }) => result === 'SyncFailed' || failed.has(hookPhase ?? ''));
  const retries = state.retryCount ? ` (tried again ${state.retryCount} times)` : '';
  return [
    {
      rule: bad.some(({ hookType }) => hookType) ? 'hook.failed' : 'run.failed',
      text: `The last sync ended as ${state.phase}${retries}: ${state.message || 'no message'}`,
      since: state.finishedAt,
      evidence: bad.map(rowText),
      next: `windlass app sync ${name}`,
    },
  ];
}

function rowText({ kind, name, hookType, message = '', hookPhase, status }: ResourceResult): string {
  const hook = hookType ? ` (${hookType} hook)` : '';
  return `${kind}/${name}${hook}: ${message || hookPhase || status || ''}`;
}
