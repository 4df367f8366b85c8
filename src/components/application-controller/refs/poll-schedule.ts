/** How soon a repository is asked again. Without a setting: soon after news, ever more rarely without (`compatibility.md` h.1). */
export interface PollPolicy {
  /** undefined: adaptive; 0: never. */
  readonly intervalMs: number | undefined;
  readonly jitterMs: number;
}

const fastestMs = 5000;
const slowestMs = 60_000;
/** Twenty minutes without news before the slowest pace: whoever works on a repository is served within seconds. */
const slowdown = 1.05;

export type PollOutcome = 'news' | 'no-news' | 'failed';

export interface PollSchedule {
  /** What the next decision is based on. */
  readonly intervalMs: number;
  /** undefined: not again by itself. */
  readonly delayMs: number | undefined;
}

/** Decides when to poll next; `random` in [0, 1) spreads repositories over time. */
export function decidePoll(
  policy: PollPolicy,
  previousMs: number | undefined,
  outcome: PollOutcome,
  random: number,
): PollSchedule {
  if (policy.intervalMs === 0) return { intervalMs: 0, delayMs: undefined };
  if (policy.intervalMs !== undefined) {
    return { intervalMs: policy.intervalMs, delayMs: policy.intervalMs + policy.jitterMs * random };
  }
  const intervalMs =
    previousMs === undefined || outcome === 'news' ? fastestMs : Math.min(slowestMs, previousMs * slowdown);
  return { intervalMs, delayMs: intervalMs * (0.9 + 0.2 * random) };
}
