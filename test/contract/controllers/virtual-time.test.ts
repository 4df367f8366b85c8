import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from '#base/clock';
import type { KubeObject, ResourceType } from '#libs/kube';
import type { EmbeddedCluster } from './embedded-cluster.ts';
import { startEmbeddedCluster } from './embedded-cluster.ts';

const jobs: ResourceType = { group: 'batch', version: 'v1', resource: 'jobs', kind: 'Job', namespaced: true };
const cronJobs: ResourceType = { ...jobs, resource: 'cronjobs', kind: 'CronJob' };
const deployments: ResourceType = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  namespaced: true,
};
const minute = 60_000;
const podTemplate = (image: string) => ({ spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } });

/** Hours pass in milliseconds: server, controllers and kubelet all read one virtual clock. */
describe('the embedded cluster under virtual time', () => {
  const clock = new VirtualClock(Date.parse('2026-03-01T10:00:30Z'));
  let cluster: EmbeddedCluster;
  const namespace = 'default';
  beforeAll(async () => {
    cluster = await startEmbeddedCluster({ clock });
    await clock.advance(1000);
  });
  afterAll(() => cluster.close());

  /** Whole minutes in small steps, so that what a timer sets off can finish before the next. */
  async function pass(minutes: number): Promise<void> {
    for (let n = 0; n < minutes * 6; n++) await clock.advance(minute / 6);
  }

  async function ownedJobs(owner: string): Promise<KubeObject[]> {
    const { items } = await cluster.client.list(jobs, { namespace });
    return items.filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === owner);
  }

  it('runs a CronJob at its times and keeps so much of its history', async () => {
    const spec = {
      schedule: '*/5 * * * *',
      successfulJobsHistoryLimit: 2,
      jobTemplate: { spec: { template: podTemplate('task:1') } },
    };
    await cluster.client.create(cronJobs, {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'tick', namespace },
      spec,
    });
    await pass(4);
    expect(await ownedJobs('tick')).toHaveLength(0);
    await pass(2);
    expect(await ownedJobs('tick')).toHaveLength(1);
    await pass(15);
    expect(await ownedJobs('tick')).toHaveLength(2);
    const live = await cluster.client.get(cronJobs, 'tick', { namespace });
    expect(live['status']).toMatchObject({ lastScheduleTime: '2026-03-01T10:20:00Z' });
    expect((live['status'] as { active?: unknown }).active).toBeUndefined();
    await cluster.client.patch(cronJobs, 'tick', { spec: { suspend: true } }, { type: 'merge', namespace });
    await pass(10);
    expect(await ownedJobs('tick')).toHaveLength(2);
  });

  it('removes a finished job after its time to live', async () => {
    const spec = { ttlSecondsAfterFinished: 120, template: podTemplate('task:1') };
    await cluster.client.create(jobs, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'short', namespace },
      spec,
    });
    await pass(1);
    expect(await cluster.client.get(jobs, 'short', { namespace })).toMatchObject({ status: { succeeded: 1 } });
    await pass(3);
    const { items } = await cluster.client.list(jobs, { namespace });
    expect(items.map(({ metadata }) => metadata.name)).not.toContain('short');
  });

  it('judges a rollout late at its deadline and not before', async () => {
    const labels = { app: 'late' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'broken:1' }] } };
    const spec = { progressDeadlineSeconds: 600, selector: { matchLabels: labels }, template };
    await cluster.client.create(deployments, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'late', namespace },
      spec,
    });
    const reason = async () => {
      const live = await cluster.client.get(deployments, 'late', { namespace });
      const { conditions = [] } = live['status'] as { conditions?: { type: string; reason: string }[] };
      return conditions.find(({ type }) => type === 'Progressing')?.reason;
    };
    await pass(9);
    expect(await reason()).toBe('ReplicaSetUpdated');
    await pass(2);
    expect(await reason()).toBe('ProgressDeadlineExceeded');
  });
});
