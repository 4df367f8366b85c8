import type { Application } from '#core/api';

export interface ApplicationEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'OperationStarted' | 'OperationCompleted' | 'ResourceUpdated';
  readonly message: string;
}

/** What a person wants to read of the step from one status to the next, in Argo CD's words (`compatibility.md` p). Pure. */
export function buildEvents(before: Application, after: Application): readonly ApplicationEvent[] {
  const events: ApplicationEvent[] = [];
  const [old, state] = [before.status?.operationState, after.status?.operationState];
  if (state !== undefined && state.startedAt !== old?.startedAt) {
    const revision = state.syncResult?.revisions?.join(', ') ?? state.syncResult?.revision ?? '';
    const who =
      state.operation.initiatedBy?.automated === true ? 'Initiated automated sync' : `${userOf(after)} initiated sync`;
    events.push({ type: 'Normal', reason: 'OperationStarted', message: `${who} to '${revision}'` });
  }
  if (state !== undefined && isEnded(state.phase) && (!isEnded(old?.phase) || old?.finishedAt !== state.finishedAt)) {
    const succeeded = state.phase === 'Succeeded';
    const message = succeeded
      ? `Sync operation to ${state.syncResult?.revision ?? ''} succeeded`
      : `Sync operation to ${state.syncResult?.revision ?? ''} failed: ${state.message ?? ''}`;
    events.push({ type: succeeded ? 'Normal' : 'Warning', reason: 'OperationCompleted', message });
  }
  events.push(...changes('sync status', before.status?.sync?.status, after.status?.sync?.status));
  events.push(...changes('health status', before.status?.health?.status, after.status?.health?.status));
  return events;
}

function changes(what: string, from = '', to = ''): readonly ApplicationEvent[] {
  if (from === to) return [];
  return [{ type: 'Normal', reason: 'ResourceUpdated', message: `Updated ${what}: ${from} -> ${to}` }];
}

function isEnded(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Error';
}

function userOf({ status }: Application): string {
  return status?.operationState?.operation.initiatedBy?.username || 'Unknown user';
}
