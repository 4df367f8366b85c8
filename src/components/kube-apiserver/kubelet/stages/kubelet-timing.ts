import type { ContainerSlot } from './container-facts.ts';
import type { DelayName } from './container-stages.ts';

/** How long the simulation takes over things, in milliseconds. */
export interface KubeletTiming {
  /** From scheduling to running. */
  readonly startMs: number;
  /** How long a task, or a server that crashes, runs. */
  readonly runMs: number;
  readonly pullRetryMs: number;
  /** A probe's `initialDelaySeconds` counts, up to this. */
  readonly probeDelayCapMs: number;
  /** The first back-off of a crashing container; it doubles up to five minutes. */
  readonly restartMs: number;
  /** From the request to delete a pod to its end. */
  readonly stopMs: number;
}

const longestBackOffMs = 300_000;

export function restartDelayMs(timing: KubeletTiming, restartCount: number): number {
  return Math.min(longestBackOffMs, timing.restartMs * 2 ** Math.max(0, restartCount - 1));
}

export function delayMs(timing: KubeletTiming, name: DelayName, { container, status }: ContainerSlot): number {
  const probeDelay = (seconds: number | undefined) => Math.min((seconds ?? 0) * 1000, timing.probeDelayCapMs);
  switch (name) {
    case 'none':
      return 0;
    case 'start':
      return timing.startMs;
    case 'pullRetry':
      return timing.pullRetryMs;
    case 'run':
      return timing.runMs;
    case 'startupProbe':
      return probeDelay(container.startupProbe?.initialDelaySeconds);
    case 'readinessProbe':
      return probeDelay(container.readinessProbe?.initialDelaySeconds);
    case 'restart':
      return restartDelayMs(timing, status.restartCount);
  }
}
