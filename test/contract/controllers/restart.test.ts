import { describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { tempDir } from '#base/tempdir';
import type { KubeObject, ResourceType } from '#libs/kube';
import { startEmbeddedCluster } from './embedded-cluster.ts';
import { watchUntil } from './watch-until.ts';

const deployments: ResourceType = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  namespaced: true,
};
const statefulSets: ResourceType = { ...deployments, resource: 'statefulsets', kind: 'StatefulSet' };
const pods: ResourceType = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const namespace = 'default';

function workload(kind: string, name: string): KubeObject {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'app:1' }] } };
  const spec = {
    replicas: 2,
    selector: { matchLabels: labels },
    template,
    ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
  };
  return { apiVersion: 'apps/v1', kind, metadata: { name, namespace }, spec };
}

const isSettled = (found: readonly KubeObject[]) =>
  found.length === 4 &&
  found.every(
    (pod) =>
      (pod['status'] as { containerStatuses?: { ready: boolean }[] } | undefined)?.containerStatuses?.[0]?.ready ===
      true,
  );

describe('an embedded cluster that is started again', () => {
  it('finds its pods as it left them and has nothing to write', async () => {
    await using dir = await tempDir();
    const first = await startEmbeddedCluster({ dataDir: dir.path });
    await first.client.create(deployments, workload('Deployment', 'web'));
    await first.client.create(statefulSets, workload('StatefulSet', 'store'));
    const before = await watchUntil(first.client, { type: pods, namespace }, isSettled);
    await systemClock.sleep(300);
    await first.close();

    const second = await startEmbeddedCluster({ dataDir: dir.path });
    try {
      await systemClock.sleep(500);
      const after = await watchUntil(second.client, { type: pods, namespace }, isSettled);
      const uids = (found: readonly KubeObject[]) => new Set(found.map(({ metadata }) => metadata.uid));
      expect(uids(after)).toEqual(uids(before));
      expect(second.written).toEqual(['create nodes']);
    } finally {
      await second.close();
    }
  });
});
