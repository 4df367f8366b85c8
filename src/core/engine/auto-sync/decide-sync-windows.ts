import { nextCronTime, parseCron, zoneOffsetMs } from '#base/cron';
import { parseDuration } from '#base/duration';
import { matchGlob } from '#base/glob';
import type { Verdict } from '../verdict.ts';
import type { SyncWindow, SyncWindowDecision, SyncWindowInput } from './auto-sync.ts';

/** Whether the windows of a project let an application sync now (`compatibility.md` b.4). */
export function decideSyncWindows(input: SyncWindowInput): SyncWindowDecision {
  const assigned = input.windows.filter((window) => isAssigned(window, input.application));
  const active = assigned.filter((window) => isActive(window, input.nowMs));
  const now = permits(assigned, active, input.isManual);
  const verdict = now.canSync ? now : overrun(assigned, active, input);
  return { canSync: verdict.canSync, verdict: verdict.reason, active, assigned };
}

/** Whether a window is open at that time; a schedule or duration that cannot be read never opens. */
export function isActive(window: SyncWindow, nowMs: number): boolean {
  const schedule = parseCron(window.schedule);
  const durationMs = parseDuration(window.duration);
  if (schedule === undefined || durationMs === undefined) return false;
  const zone = window.timeZone ?? '';
  const localMs = nowMs + (zone === '' ? 0 : (zoneOffsetMs(zone, nowMs) ?? 0));
  const next = nextCronTime(schedule, localMs - durationMs);
  return next !== undefined && next < localMs;
}

function isAssigned(window: SyncWindow, application: SyncWindowInput['application']): boolean {
  const hits = [
    { globs: window.applications ?? [], texts: [application.name] },
    { globs: window.clusters ?? [], texts: [application.clusterName, application.clusterServer] },
    { globs: window.namespaces ?? [], texts: [application.namespace] },
  ]
    .filter(({ globs }) => globs.length > 0)
    .map(({ globs, texts }) => globs.some((glob) => texts.some((text) => text !== '' && matchGlob(glob, text))));
  if (hits.length === 0) return false;
  return window.andOperator === true ? hits.every(Boolean) : hits.some(Boolean);
}

interface Permission {
  readonly canSync: boolean;
  readonly reason: Verdict;
}

function permission(canSync: boolean, code: string, sentence: string): Permission {
  return { canSync, reason: { code, parameters: {}, sentence } };
}

function permits(assigned: readonly SyncWindow[], active: readonly SyncWindow[], isManual: boolean): Permission {
  if (assigned.length === 0) return permission(true, 'no-windows', 'No sync window concerns the application.');
  const denies = active.filter((window) => window.kind === 'deny');
  if (denies.length > 0) {
    return isManual && denies.every((window) => window.manualSync === true)
      ? permission(true, 'manual-in-deny', 'A deny window is open, but it permits manual syncs.')
      : permission(false, 'deny-window', 'A deny window is open.');
  }
  if (active.some((window) => window.kind === 'allow'))
    return permission(true, 'allow-window', 'An allow window is open.');
  const closed = assigned.filter((window) => window.kind === 'allow');
  if (closed.length === 0) return permission(true, 'no-deny', 'No deny window is open.');
  return isManual && closed.every((window) => window.manualSync === true)
    ? permission(true, 'manual-outside-allow', 'No allow window is open, but they permit manual syncs.')
    : permission(false, 'outside-allow-windows', 'No allow window is open.');
}

/** An operation that began while it was permitted may go on when every window in its way says so. */
function overrun(assigned: readonly SyncWindow[], active: readonly SyncWindow[], input: SyncWindowInput): Permission {
  const blocked = permits(assigned, active, input.isManual);
  const { operationStartedAtMs: startedAt } = input;
  if (startedAt === undefined) return blocked;
  const activeThen = assigned.filter((window) => isActive(window, startedAt));
  if (!permits(assigned, activeThen, input.isManual).canSync) return blocked;
  const denies = active.filter((window) => window.kind === 'deny');
  const inTheWay = denies.length > 0 ? denies : assigned.filter((window) => window.kind === 'allow');
  return inTheWay.every((window) => window.syncOverrun === true)
    ? permission(true, 'overrun', 'The operation began while it was permitted and may overrun.')
    : blocked;
}
