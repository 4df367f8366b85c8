export interface Backoff {
  readonly baseMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** Delay before attempt `n` (from 0): min(max, base · factorⁿ). */
export function backoffDelay({ baseMs, factor, maxMs }: Backoff, n: number): number {
  return Math.min(maxMs, baseMs * factor ** n);
}

/** Spreads a delay over [delay·(1−spread), delay·(1+spread)], `random` in [0, 1). */
export function withJitter(delayMs: number, random: number, spread = 0.1): number {
  return delayMs * (1 - spread + 2 * spread * random);
}
