import type { Clock } from '#base/clock';
import { deferred } from '#base/deferred';
import { silentLogger } from '#base/log';
import type { Application, ResourceStatus } from '#core/api';
import { applicationType } from '#core/api';
import { Informer } from '#libs/kube';
import type { KubeClient, KubeObject } from '#libs/kube';
import { controlNamespace } from './build-application.ts';

/** What an Application's status said at the end of a run, and when it first said what was expected. */
export interface Observation {
  readonly sync: string;
  readonly health: string;
  readonly phase: string;
  readonly message: string;
  readonly conditions: readonly string[];
  /** Without hooks, which the status lists as long as they exist. */
  readonly resources: readonly ObservedResource[];
  /** Hooks that ran. */
  readonly hooks: number;
  /** Seconds from the start until Synced, operation succeeded, health as expected; undefined when that never came. */
  readonly seconds: number | undefined;
}

export interface ObservedResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly status: string;
}

export interface ObserveOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Application name → health that it shall reach. */
  readonly expected: ReadonlyMap<string, string>;
  readonly deadlineMs: number;
  /** How long everything has to stay as it is after the last application arrived. */
  readonly holdMs: number;
}

/** Follows the Applications by watch until all of `expected` arrived and stayed, or until the deadline. */
export async function observeApplications(options: ObserveOptions): Promise<ReadonlyMap<string, Observation>> {
  const { client, clock, expected, deadlineMs, holdMs } = options;
  const started = clock.monotonic();
  const arrivals = new Map<string, number>();
  const done = deferred();
  let cancelHold: (() => void) | undefined;
  const look = (object: KubeObject) => {
    const name = object.metadata.name ?? '';
    const health = expected.get(name);
    if (health === undefined) return;
    const seen = readObservation(object, undefined);
    const arrived = hasArrived(seen, health);
    if (!arrived) arrivals.delete(name);
    else if (!arrivals.has(name)) arrivals.set(name, (clock.monotonic() - started) / 1000);
    if (arrivals.size < expected.size) {
      cancelHold?.();
      cancelHold = undefined;
    } else cancelHold ??= clock.after(holdMs, done.resolve);
  };
  const informer = new Informer({
    client,
    type: applicationType,
    namespace: controlNamespace,
    clock,
    log: silentLogger,
    handlers: { changed: look },
  });
  const cancelDeadline = clock.after(deadlineMs, done.resolve);
  try {
    await informer.start();
    await done.promise;
    return new Map(
      informer.list().map((object) => {
        const name = object.metadata.name ?? '';
        return [name, readObservation(object, arrivals.get(name))];
      }),
    );
  } finally {
    cancelDeadline();
    cancelHold?.();
    await informer.stop();
  }
}

/** An application without objects has nothing to sync: no operation ever runs. */
function hasArrived({ sync, health, phase, resources }: Observation, expectedHealth: string): boolean {
  const isDone = phase === 'Succeeded' || (phase === '' && resources.length === 0);
  return sync === 'Synced' && isDone && health === expectedHealth;
}

function readObservation(object: KubeObject, seconds: number | undefined): Observation {
  const status = object['status'] as Application['status'];
  const operation = status?.operationState;
  return {
    sync: status?.sync?.status ?? '',
    health: status?.health?.status ?? '',
    phase: operation?.phase ?? '',
    message: operation?.message ?? '',
    conditions: (status?.conditions ?? []).map(({ type, message }) => `${type}: ${message}`),
    resources: (status?.resources ?? []).filter(isNoHook).map((resource) => ({
      group: resource.group ?? '',
      version: resource.version ?? '',
      kind: resource.kind ?? '',
      namespace: resource.namespace ?? '',
      name: resource.name ?? '',
      status: resource.status ?? '',
    })),
    hooks: (operation?.syncResult?.resources ?? []).filter(({ hookType }) => hookType !== undefined && hookType !== '')
      .length,
    seconds,
  };
}

function isNoHook({ hook }: ResourceStatus): boolean {
  return hook !== true;
}
