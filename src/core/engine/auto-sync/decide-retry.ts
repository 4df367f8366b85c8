import { parseDuration } from '#base/duration';
import type { RetryDecision, RetryInput } from './auto-sync.ts';

const defaults = { durationMs: 5000, factor: 2, maxMs: 180_000 };

/**
 * What follows a failed operation (`compatibility.md` a.7, d.2): the delay before retry n, counted from 0, is
 * min(maxDuration, duration · factor^n).
 */
export function decideRetry(input: RetryInput): RetryDecision {
  const { retryCount, limit, message } = input;
  if (limit >= 0 && retryCount >= limit) {
    return { type: 'give-up', message: retryCount > 0 ? `${message} (retried ${retryCount} times).` : message };
  }
  const atMs = input.nowMs + retryDelayMs(input);
  const attempt = retryCount + 1;
  return {
    type: 'retry',
    atMs,
    retryCount: attempt,
    message: `${message}. Retrying attempt #${attempt} at ${kitchenTime(atMs)}.`,
  };
}

/** What an operation says when its retry is due. */
export function retryMessage(retryCount: number, isRefreshed: boolean): string {
  return `Retrying operation${isRefreshed ? ' with latest revisions' : ''}. Attempt #${retryCount}`;
}

function retryDelayMs({ backoff, retryCount }: RetryInput): number {
  const durationMs = durationOr(backoff?.duration, defaults.durationMs);
  const maxMs = durationOr(backoff?.maxDuration, defaults.maxMs);
  const factor = backoff?.factor ?? defaults.factor;
  return Math.min(maxMs, durationMs * factor ** retryCount);
}

function durationOr(text: string | undefined, fallbackMs: number): number {
  const parsed = text === undefined || text === '' ? undefined : parseDuration(text);
  return parsed ?? fallbackMs;
}

/** "3:04PM", in UTC. */
function kitchenTime(ms: number): string {
  const date = new Date(ms);
  const hours = date.getUTCHours();
  return `${hours % 12 === 0 ? 12 : hours % 12}:${String(date.getUTCMinutes()).padStart(2, '0')}${hours < 12 ? 'AM' : 'PM'}`;
}
