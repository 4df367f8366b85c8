import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { Cluster } from './cluster.ts';
import type { EventRecorder } from './event-recorder.ts';

export interface LoopSpec {
  /** As `kubectl` and metrics show it, e.g. `deployment-controller`. */
  readonly name: string;
  /** Keys worked on at once; default 5. One key is never worked on twice at a time. */
  readonly workers?: number;
  /** Brings one object nearer to what it should be. Answers after how many milliseconds to look again, if time alone can change it. */
  reconcile(key: string, signal: AbortSignal): Promise<number | undefined>;
}

export interface Loop {
  add(key: string): void;
  addAfter(key: string, delayMs: number): void;
}

/** What every controller is given. */
export interface ControllerContext {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Logger;
  /** The certificate authority of the API server, as PEM. */
  readonly rootCa: string;
  /** The recorder that names `component` as the source. */
  eventsOf(component: string): EventRecorder;
  startLoop(spec: LoopSpec): Loop;
}
