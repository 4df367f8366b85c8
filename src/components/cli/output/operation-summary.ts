import type { Application } from '#core/api';
import { formatSeconds, formatTime } from './format-time.ts';

const labelWidth = 20;

/** What the last operation did and how it ended; '' where there was none. Pure. */
export function renderOperation({ status }: Application, nowMs: number): string {
  const state = status?.operationState;
  if (state === undefined) return '';
  const { syncResult, phase, startedAt, finishedAt, message = '', operation, retryCount } = state;
  const end = finishedAt === undefined ? nowMs : Date.parse(finishedAt);
  const rows: readonly (readonly [string, string])[] = [
    ['Operation', operation.sync === undefined ? '' : 'Sync'],
    ...(syncResult === undefined ? [] : [['Sync Revision', revisionOf(syncResult)] as const]),
    ['Phase', phase],
    ['Start', formatTime(startedAt)],
    ['Finished', formatTime(finishedAt)],
    ['Duration', formatSeconds(end - Date.parse(startedAt))],
    ...(retryCount ? [['Retries', String(retryCount)] as const] : []),
    ...(message === '' ? [] : [['Message', message] as const]),
  ];
  return `${rows.map(([label, text]) => `${`${label}:`.padEnd(labelWidth)}${text}`.trimEnd()).join('\n')}\n`;
}

function revisionOf({
  revision,
  revisions,
}: {
  readonly revision: string;
  readonly revisions?: readonly string[];
}): string {
  return revisions !== undefined && revisions.length > 0 ? revisions.join(', ') : revision;
}
