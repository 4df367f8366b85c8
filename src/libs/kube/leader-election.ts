import type { Clock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import type { Logger } from '#base/log';
import type { KubeClient, ResourceType } from './client.ts';
import { isAlreadyExists, isConflict, isNotFound } from './errors.ts';
import type { KubeObject } from './objects.ts';

export interface LeaderElectionOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly namespace: string;
  readonly name: string;
  /** Unique per process. */
  readonly identity: string;
  /** Default 15 s: after that long without renewal somebody else may take over. */
  readonly leaseDurationMs?: number;
  /** Default 5 s: the only write of an idle process. */
  readonly renewEveryMs?: number;
}

const leaseType: ResourceType = {
  group: 'coordination.k8s.io',
  version: 'v1',
  resource: 'leases',
  kind: 'Lease',
  namespaced: true,
};

/**
 * Runs `lead` while this process holds the Lease. The signal given to `lead` aborts as soon as the Lease may be somebody
 * else's, which fences every write that honours it. Returns when `signal` aborts, after handing the Lease back.
 */
export async function runLeaderElection(
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, leaseDurationMs = 15_000, renewEveryMs = 5000 } = options;
  const observed = { version: '', at: 0 };
  while (!signal.aborted) {
    const lease = await acquire(options, observed, leaseDurationMs).catch((error: unknown) => {
      log.warn({ err: toWindlassError(error) }, 'Cannot reach the leader Lease');
      return undefined;
    });
    if (lease) await leadWhileRenewed({ ...options, leaseDurationMs, renewEveryMs }, lease, lead, signal);
    if (!signal.aborted) await clock.sleep(renewEveryMs * (0.8 + 0.4 * clock.random()), signal).catch(() => undefined);
  }
}

type Timed = LeaderElectionOptions & { readonly leaseDurationMs: number; readonly renewEveryMs: number };

async function leadWhileRenewed(
  options: Timed,
  first: KubeObject,
  lead: (signal: AbortSignal) => Promise<void>,
  outer: AbortSignal,
): Promise<void> {
  const { client, clock, log } = options;
  const term = new AbortController();
  const stop = () => term.abort(outer.reason);
  outer.addEventListener('abort', stop, { once: true });
  log.info({ lease: options.name, identity: options.identity }, 'Leading');
  const work = lead(term.signal).finally(() => term.abort(new DOMException('The leader stopped.', 'AbortError')));
  work.catch(() => undefined);
  let lease = first;
  let renewedAt = clock.now();
  while (!term.signal.aborted) {
    await clock.sleep(options.renewEveryMs, term.signal).catch(() => undefined);
    if (term.signal.aborted) break;
    try {
      lease = await client.update(leaseType, leaseWith(lease, options, clock.now()), {
        timeoutMs: options.renewEveryMs,
        signal: term.signal,
      });
      renewedAt = clock.now();
    } catch (error) {
      const lost =
        isConflict(error) || isNotFound(error) || clock.now() - renewedAt > (options.leaseDurationMs * 2) / 3;
      log.warn({ err: toWindlassError(error), lost }, 'Cannot renew the leader Lease');
      if (lost) term.abort(new DOMException('The leader Lease was lost.', 'AbortError'));
    }
  }
  outer.removeEventListener('abort', stop);
  await work.catch((error: unknown) => log.debug({ err: toWindlassError(error) }, 'Leading ended'));
  await release(options, lease);
}

async function acquire(
  options: LeaderElectionOptions,
  observed: { version: string; at: number },
  leaseDurationMs: number,
): Promise<KubeObject | undefined> {
  const { client, clock, namespace, name } = options;
  try {
    const lease = await client.get(leaseType, name, { namespace });
    const spec = (lease['spec'] ?? {}) as Record<string, unknown>;
    const version = lease.metadata.resourceVersion ?? '';
    if (observed.version !== version) Object.assign(observed, { version, at: clock.now() });
    const holder = spec['holderIdentity'];
    const isFree = !holder || holder === options.identity;
    // Clocks differ between machines: a holder is gone when its Lease did not change for a whole duration of OUR time.
    if (!isFree && clock.now() - observed.at < leaseDurationMs) return undefined;
    return await client.update(leaseType, leaseWith(lease, { ...options, leaseDurationMs }, clock.now()));
  } catch (error) {
    if (isConflict(error)) return undefined;
    if (!isNotFound(error)) throw error;
  }
  try {
    const fresh: KubeObject = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace } };
    return await client.create(leaseType, leaseWith(fresh, { ...options, leaseDurationMs }, clock.now()));
  } catch (error) {
    if (isAlreadyExists(error)) return undefined;
    throw error;
  }
}

function leaseWith(
  lease: KubeObject,
  options: { readonly identity: string; readonly leaseDurationMs: number },
  now: number,
): KubeObject {
  const spec = (lease['spec'] ?? {}) as Record<string, unknown>;
  const time = new Date(now).toISOString().replace('Z', '000Z');
  const isSame = spec['holderIdentity'] === options.identity;
  return {
    ...lease,
    spec: {
      ...spec,
      holderIdentity: options.identity,
      leaseDurationSeconds: Math.round(options.leaseDurationMs / 1000),
      acquireTime: isSame ? spec['acquireTime'] : time,
      renewTime: time,
      leaseTransitions: Number(spec['leaseTransitions'] ?? 0) + (isSame || !spec['holderIdentity'] ? 0 : 1),
    },
  };
}

async function release(options: LeaderElectionOptions, lease: KubeObject): Promise<void> {
  const spec = { ...(lease['spec'] as Record<string, unknown>), holderIdentity: '', leaseDurationSeconds: 1 };
  await options.client.update(leaseType, { ...lease, spec }, { timeoutMs: 2000 }).catch((error: unknown) => {
    options.log.debug({ err: toWindlassError(error) }, 'Cannot hand the leader Lease back');
  });
}
