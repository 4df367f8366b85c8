import type { KubeClient, KubeObject } from '#libs/kube';
import { gvkOf } from '#libs/kube';

const volumes = 8;

/**
 * What a cluster of machines brings along and a bare control plane does not: the labels that a kubelet puts on its node, and
 * volumes that claims can bind to (there is no provisioner).
 */
export async function prepareRealCluster(client: KubeClient): Promise<void> {
  await patchNodes(client);
  for (let i = 0; i < volumes; i++) await create(client, buildVolume(i));
}

async function patchNodes(client: KubeClient): Promise<void> {
  const type = await client.discovery.find({ group: '', version: 'v1', kind: 'Node' });
  if (!type) throw new Error('The cluster serves no nodes.');
  const { items } = await client.list(type);
  const labels = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  for (const { metadata } of items)
    await client.patch(type, metadata.name ?? '', { metadata: { labels } }, { type: 'merge' });
}

function buildVolume(index: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `volume-${index}` },
    spec: {
      capacity: { storage: '10Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: `/volumes/${index}` },
    },
  };
}

async function create(client: KubeClient, object: KubeObject): Promise<void> {
  const type = await client.discovery.find(gvkOf(object));
  if (!type) throw new Error(`The cluster does not serve ${object.kind}.`);
  await client.create(type, object);
}
