import { systemClock } from '#base/clock';
import { getPath } from '#base/json';
import { applicationType } from '#core/api';
import type { KubeObject } from '#libs/kube';
import { measure, quantile } from './measure.ts';
import type { Cost } from './measure.ts';
import { configMapType } from './observer.ts';
import type { Rig } from './rig.ts';
import {
  applicationName,
  buildApplication,
  buildFiles,
  controlNamespace,
  destinationNamespace,
  refreshAnnotation,
} from './workload.ts';

export interface Latencies {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface InitialSync {
  readonly lastSeconds: number;
  readonly medianSeconds: number;
  readonly cost: Cost;
}

/** All Applications created at once, until each is Synced by an operation that succeeded. */
export async function runInitialSync(rig: Rig): Promise<InitialSync> {
  const { client, observer, repository, applications } = rig;
  const indexes = Array.from({ length: applications }, (_, index) => index);
  const arrivals: number[] = [];
  const cost = await measure(rig, async () => {
    const started = systemClock.monotonic();
    const arriving = indexes.map(async (index) => {
      const name = applicationName(index);
      const at = await observer.until(`${name} is Synced`, () => isSynced(observer.application(name)), 600_000);
      arrivals.push((at - started) / 1000);
    });
    const lanes = Array.from({ length: 16 }, async (_, lane) => {
      for (let index = lane; index < applications; index += 16) {
        await client.create(applicationType, buildApplication(index, repository.url));
      }
    });
    await Promise.all([...lanes, ...arriving]);
  });
  return { lastSeconds: Math.max(...arrivals), medianSeconds: quantile(arrivals, 0.5), cost };
}

export interface CommitRuns {
  /** From the end of the push (or the annotation) until the object carries the commit's marker. */
  readonly toObject: Latencies;
  /** Until the Application is Synced at the commit. */
  readonly toSynced: Latencies;
  readonly cost: Cost;
}

/** Commits that change the ConfigMap of one application each. */
export async function runCommits(rig: Rig, trigger: 'refresh' | 'poll', count: number): Promise<CommitRuns> {
  const { client, observer, repository } = rig;
  const toObject: number[] = [];
  const toSynced: number[] = [];
  const cost = await measure(rig, async () => {
    for (let run = 0; run < count; run++) {
      // Not a multiple of three, so that all tools take part.
      const index = (run * 7 + (trigger === 'poll' ? 3 : 0)) % rig.applications;
      const name = applicationName(index);
      const marker = `${trigger}-${run}`;
      const sha = await repository.commit(buildFiles(index, marker), marker);
      const started = systemClock.monotonic();
      const objectSeen = observer.until(
        `${name} carries ${marker}`,
        () => getPath(observer.configMap(name), 'data', 'marker') === marker,
      );
      const syncedSeen = observer.until(`${name} is Synced at ${sha}`, () => {
        const app = observer.application(name);
        return isSynced(app) && getPath(app, 'status', 'sync', 'revision') === sha;
      });
      if (trigger === 'refresh') {
        const body = { metadata: { annotations: { [refreshAnnotation]: 'normal' } } };
        await client.patch(applicationType, name, body, { type: 'merge', namespace: controlNamespace });
      }
      toObject.push((await objectSeen) - started);
      toSynced.push((await syncedSeen) - started);
    }
  });
  return { toObject: latencies(toObject), toSynced: latencies(toSynced), cost };
}

/** A commit that no application reads, until the product has polled it. */
export async function runNoopCommit(rig: Rig): Promise<Cost> {
  const { git, repository } = rig;
  return measure(
    rig,
    async () => {
      await repository.commit({ 'README.md': `Nobody reads this. ${git.requests.length}\n` }, 'noop');
      const asked = git.requests.length;
      // Each poll is a discovery and an ls-refs; the fetch of what is new follows. Nothing tells when it comes but its request.
      while (!git.requests.slice(asked).some(({ path }) => path.endsWith('/git-upload-pack')))
        await systemClock.sleep(250);
    },
    3000,
  );
}

/** Nothing happens for a while. */
export async function runIdle(rig: Rig, seconds: number): Promise<Cost> {
  return measure(rig, () => systemClock.sleep(seconds * 1000), 100);
}

/** ConfigMaps deleted or edited by somebody, each of another application, until they are as before. */
export async function runHeals(rig: Rig, drift: 'delete' | 'edit', count: number): Promise<HealRuns> {
  const { client, observer } = rig;
  const times: number[] = [];
  const cost = await measure(rig, async () => {
    for (let run = 0; run < count; run++) {
      const name = applicationName((run + (drift === 'edit' ? 100 : 20)) % rig.applications);
      const before = observer.configMap(name);
      const started = systemClock.monotonic();
      const healed = observer.until(`${name} is healed`, () => {
        const now = observer.configMap(name);
        if (!now || now.metadata.resourceVersion === before?.metadata.resourceVersion) return false;
        return drift === 'delete' ? now.metadata.uid !== before?.metadata.uid : isAsBefore(now);
      });
      const options = { namespace: destinationNamespace };
      if (drift === 'delete') await client.delete(configMapType, name, options);
      else await client.patch(configMapType, name, { data: { kept: 'no' } }, { type: 'merge', ...options });
      times.push((await healed) - started);
    }
  });
  return { times: latencies(times), cost };
}

export interface HealRuns {
  readonly times: Latencies;
  readonly cost: Cost;
}

function isAsBefore(object: KubeObject): boolean {
  return getPath(object, 'data', 'kept') === 'yes';
}

function isSynced(app: KubeObject | undefined): boolean {
  const status = app?.['status'];
  return getPath(status, 'sync', 'status') === 'Synced' && getPath(status, 'operationState', 'phase') === 'Succeeded';
}

function latencies(values: readonly number[]): Latencies {
  return {
    count: values.length,
    p50Ms: quantile(values, 0.5),
    p99Ms: quantile(values, 0.99),
    maxMs: Math.max(...values),
  };
}
