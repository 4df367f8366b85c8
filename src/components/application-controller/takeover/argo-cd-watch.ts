import type { Clock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import type { Logger } from '#base/log';
import type { KubeClient, KubeObject } from '#libs/kube';
import { detectArgoCd, readWorkloads } from './detect-argo-cd.ts';

export interface ArgoCdWatchOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly takeOver?: boolean;
  readonly applications: () => readonly KubeObject[];
  /** Argo CD has stopped: everything is ours from now on. */
  readonly freed: () => void;
}

const checkMs = 30_000;

/** Two controllers that heal each other's work never come to rest: beside Argo CD's nothing is written, until it has stopped. */
export class ArgoCdWatch {
  readonly #options: ArgoCdWatchOptions;
  #reason: string | undefined;

  constructor(options: ArgoCdWatchOptions) {
    this.#options = options;
  }

  /** Why nothing may be written; undefined when it may. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Looks now, and again for as long as Argo CD is there. */
  async watch(signal: AbortSignal): Promise<void> {
    const { client, namespace, clock, log, takeOver, applications, freed } = this.#options;
    if (takeOver === true) return;
    const workloads = await readWorkloads(client, namespace, signal);
    const before = this.#reason;
    this.#reason = detectArgoCd({ workloads, applications: applications(), nowMs: clock.now() });
    if (this.#reason === undefined) {
      if (before !== undefined) freed();
      return;
    }
    if (before !== this.#reason) {
      log.warn(
        { reason: this.#reason },
        'Read-only: stop the application controller of Argo CD, or start with --take-over',
      );
    }
    this.#watchAgain(signal);
  }

  #watchAgain(signal: AbortSignal): void {
    const { clock, log } = this.#options;
    clock.after(checkMs, () => {
      this.watch(signal).catch((error: unknown) => {
        if (signal.aborted) return;
        log.warn({ err: toWindlassError(error) }, 'Cannot tell whether Argo CD still runs');
        this.#watchAgain(signal);
      });
    });
  }
}
