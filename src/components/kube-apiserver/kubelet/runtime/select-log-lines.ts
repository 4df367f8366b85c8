import type { PodLogRequest } from '../../pod-runtime.ts';
import type { LogLine } from './simulated-log.ts';

/** The lines that a log request asks for: since a time, then the last so many. */
export function selectLogLines(lines: readonly LogLine[], request: PodLogRequest, nowMs: number): LogLine[] {
  const { sinceSeconds, sinceTime, tailLines } = request;
  const since =
    sinceTime === undefined
      ? sinceSeconds === undefined
        ? undefined
        : nowMs - sinceSeconds * 1000
      : Date.parse(sinceTime);
  const recent = since === undefined || Number.isNaN(since) ? [...lines] : lines.filter(({ atMs }) => atMs >= since);
  return tailLines === undefined ? recent : tailLines <= 0 ? [] : recent.slice(-tailLines);
}

export function formatLogLine({ atMs, text }: LogLine, withTimestamp: boolean): string {
  return withTimestamp ? `${new Date(atMs).toISOString().replace('Z', '000000Z')} ${text}\n` : `${text}\n`;
}
