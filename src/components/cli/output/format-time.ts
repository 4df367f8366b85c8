/** "2026-01-02 15:04:05 +0000 UTC", as Argo CD prints times of the API. Empty for no time. */
export function formatTime(time: string | undefined): string {
  if (time === undefined || time === '') return '';
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return time;
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
}

/** "2026-01-02T15:04:05+00:00": the time stamp of progress rows. */
export function formatTimestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
}

/** Whole seconds as Go writes a duration: "1m5s". */
export function formatSeconds(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${h > 0 ? `${h}h` : ''}${h > 0 || m > 0 ? `${m}m` : ''}${s}s`;
}
