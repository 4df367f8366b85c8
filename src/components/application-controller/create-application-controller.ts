import { deferred } from '#base/deferred';
import { toWindlassError } from '#base/errors';
import { runLeaderElection } from '#libs/kube';
import { ControllerRun } from './controller-run.ts';
import { registerStateMetrics } from './metrics/controller-metrics.ts';
import type { ApplicationController, ApplicationControllerOptions, ControllerStatus } from './options.ts';

export const leaseName = 'windlass-application-controller';

const notStarted: ControllerStatus = Object.freeze({
  isLeading: false,
  readOnlyReason: undefined,
  applications: 0,
  queueDepth: 0,
  clusters: [],
  warnings: [],
});

/**
 * Reconciles the Applications of one control plane: nothing that matters is kept in memory only, so that it may be killed at any
 * point and started again anywhere.
 */
export function createApplicationController(options: ApplicationControllerOptions): ApplicationController {
  const ready = deferred();
  ready.promise.catch(() => undefined);
  const stopping = new AbortController();
  let run: ControllerRun | undefined;
  let ended: Promise<void> | undefined;

  registerStateMetrics(options.metrics, () => run?.applications() ?? { applications: [], clusters: [] });
  const lead = async (signal: AbortSignal) => {
    run = new ControllerRun(options);
    try {
      await run.run(signal, ready.resolve);
    } finally {
      run = undefined;
    }
  };
  const start = async (signal: AbortSignal) => {
    const ends = AbortSignal.any([signal, stopping.signal]);
    const election = { ...options, name: leaseName };
    try {
      await (options.leaderElection ? runLeaderElection(election, lead, ends) : lead(ends));
    } catch (error) {
      ready.reject(error);
      if (!ends.aborted) throw toWindlassError(error);
    }
  };
  return {
    ready: ready.promise,
    start: (signal) => (ended ??= start(signal)),
    status: () => run?.status() ?? notStarted,
    refresh: (namespace, name) => run?.refresh(`${namespace}/${name}`),
    async stop() {
      stopping.abort(new DOMException('The controller was stopped.', 'AbortError'));
      await ended;
    },
  };
}
