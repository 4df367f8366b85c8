import type { Probe } from '../../controllers/kinds/pod.ts';
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

/** How long each named delay is for a container. */
const delays: Readonly<Record<DelayName, (timing: KubeletTiming, slot: ContainerSlot) => number>> = {
  none: () => 0,
  start: (timing) => timing.startMs,
  pullRetry: (timing) => timing.pullRetryMs,
  run: (timing) => timing.runMs,
  startupProbe: (timing, { container }) => probeDelay(timing, container.startupProbe),
  readinessProbe: (timing, { container }) => probeDelay(timing, container.readinessProbe),
  restart: (timing, { status }) => restartDelayMs(timing, status.restartCount),
};

export function delayMs(timing: KubeletTiming, name: DelayName, slot: ContainerSlot): number {
  return delays[name](timing, slot);
}

function probeDelay(timing: KubeletTiming, probe: Probe | undefined): number {
  return Math.min((probe?.initialDelaySeconds ?? 0) * 1000, timing.probeDelayCapMs);
}
