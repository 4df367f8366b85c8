import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import type { KubeClient, KubeObject, ResourceType } from '#libs/kube';
import { isNotFound } from '#libs/kube';
import type { EmbeddedCluster } from './embedded-cluster.ts';
import { startEmbeddedCluster } from './embedded-cluster.ts';
import { watchUntil } from './watch-until.ts';

const type = (api: string, resource: string, kind: string, namespaced = true): ResourceType => {
  const [group, version] = api.includes('/') ? api.split('/') : ['', api];
  return { group: group ?? '', version: version ?? '', resource, kind, namespaced };
};
const namespaces = type('v1', 'namespaces', 'Namespace', false);
const pods = type('v1', 'pods', 'Pod');
const configMaps = type('v1', 'configmaps', 'ConfigMap');
const services = type('v1', 'services', 'Service');
const claims = type('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim');
const slices = type('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice');
const deployments = type('apps/v1', 'deployments', 'Deployment');
const statefulSets = type('apps/v1', 'statefulsets', 'StatefulSet');
const definitions = type('apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition', false);
const replicaSets = type('apps/v1', 'replicasets', 'ReplicaSet');

const status = (object: KubeObject | undefined) => (object?.['status'] ?? {}) as Record<string, unknown>;
const isRunning = (object: KubeObject | undefined) => status(object)['phase'] === 'Running';
const containerState = (object: KubeObject | undefined) =>
  ((status(object)['containerStatuses'] as
    { state: Record<string, { reason?: string }>; ready: boolean }[] | undefined) ?? [])[0];

describe('the embedded cluster behaves as a cluster', () => {
  let cluster: EmbeddedCluster;
  let client: KubeClient;
  beforeAll(async () => {
    const server = join(import.meta.dirname, 'message-server.mjs');
    cluster = await startEmbeddedCluster({
      processes: [{ image: 'message-app*', command: [process.execPath, server] }],
    });
    ({ client } = cluster);
  });
  afterAll(() => cluster.close());

  async function inNamespace(name: string): Promise<string> {
    await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await watchUntil(client, { type: configMaps, namespace: name }, (maps) =>
      maps.some(({ metadata }) => metadata.name === 'kube-root-ca.crt'),
    );
    return name;
  }

  function deployment(namespace: string, name: string, pod: Record<string, unknown>): KubeObject {
    const labels = { app: name };
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
    };
  }

  const plain = { containers: [{ name: 'main', image: 'app:1' }] };

  it('deletes in the background, in the foreground, and leaves orphans', async () => {
    const namespace = await inNamespace('cascade');
    for (const name of ['background', 'foreground', 'orphan'])
      await client.create(deployments, deployment(namespace, name, plain));
    await watchUntil(client, { type: pods, namespace }, (found) => found.length === 3 && found.every(isRunning));
    await client.delete(deployments, 'background', { namespace, propagationPolicy: 'Background' });
    await client.delete(deployments, 'foreground', { namespace, propagationPolicy: 'Foreground' });
    await client.delete(deployments, 'orphan', { namespace, propagationPolicy: 'Orphan' });
    await watchUntil(client, { type: deployments, namespace }, (found) => found.length === 0);
    const left = await watchUntil(client, { type: pods, namespace }, (found) => found.length === 1);
    expect(left[0]?.metadata.labels?.['app']).toBe('orphan');
    const [set] = await watchUntil(
      client,
      { type: replicaSets, namespace },
      (found) => found.length === 1 && !found[0]?.metadata.ownerReferences,
    );
    expect(set?.metadata.finalizers).toBeUndefined();
  });

  it('empties a namespace and lets it go', async () => {
    const namespace = await inNamespace('going');
    await client.create(deployments, deployment(namespace, 'web', plain));
    await watchUntil(client, { type: pods, namespace }, (found) => found.length === 1);
    await client.delete(namespaces, namespace);
    await watchUntil(
      client,
      { type: namespaces },
      (found) => !found.some(({ metadata }) => metadata.name === namespace),
    );
    await expect(client.get(deployments, 'web', { namespace })).rejects.toSatisfy(isNotFound);
  });

  it('publishes ready pods behind a service, by named port, and gives a load balancer an address', async () => {
    const namespace = await inNamespace('serving');
    const ports = [{ name: 'http', containerPort: 8080 }];
    await client.create(
      deployments,
      deployment(namespace, 'web', { containers: [{ name: 'main', image: 'app:1', ports }] }),
    );
    const spec = { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] };
    await client.create(services, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace }, spec });
    const [slice] = await watchUntil(client, { type: slices, namespace }, (found) =>
      found.some(
        (candidate) =>
          ((candidate['endpoints'] as { conditions: { ready: boolean } }[] | null) ?? [])[0]?.conditions.ready === true,
      ),
    );
    expect(slice?.['ports']).toEqual([{ name: '', port: 8080, protocol: 'TCP' }]);
    const [service] = await watchUntil(
      client,
      { type: services, namespace },
      (found) => Object.keys((status(found[0])['loadBalancer'] as object | undefined) ?? {}).length > 0,
    );
    expect(status(service)['loadBalancer']).toEqual({
      ingress: [{ ip: expect.stringMatching(/^192\.0\.2\./) as string, ipMode: 'VIP' }],
    });
  });

  it('binds claims and lets them go when no pod uses them', async () => {
    const namespace = await inNamespace('storing');
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    await client.create(claims, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'disk', namespace },
      spec,
    });
    const volumes = [{ name: 'disk', persistentVolumeClaim: { claimName: 'disk' } }];
    await client.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'writer', namespace },
      spec: { ...plain, volumes },
    });
    await watchUntil(client, { type: pods, namespace }, (found) => isRunning(found[0]));
    await client.delete(claims, 'disk', { namespace });
    await client.delete(pods, 'writer', { namespace });
    await watchUntil(client, { type: claims, namespace }, (found) => found.length === 0);
  });

  it('holds a container back until its configuration is there', async () => {
    const namespace = await inNamespace('configured');
    const env = [{ name: 'MESSAGE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'message' } } }];
    await client.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'reader', namespace },
      spec: { containers: [{ name: 'main', image: 'app:1', env }] },
    });
    await watchUntil(
      client,
      { type: pods, namespace },
      (found) => containerState(found[0])?.state['waiting']?.reason === 'CreateContainerConfigError',
    );
    await client.create(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace },
      data: { message: 'hello' },
    });
    await watchUntil(client, { type: pods, namespace }, (found) => isRunning(found[0]));
  });

  it('runs init containers before, sidecars beside, and restarts what crashes', async () => {
    const namespace = await inNamespace('lives');
    const spec = {
      initContainers: [
        { name: 'prepare', image: 'task:1' },
        { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' },
      ],
      containers: [{ name: 'main', image: 'app:1' }],
    };
    await client.create(pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'full', namespace }, spec });
    const [full] = await watchUntil(
      client,
      { type: pods, namespace },
      (found) => isRunning(found[0]) && containerState(found[0])?.ready === true,
    );
    const inits = status(full)['initContainerStatuses'] as {
      name: string;
      state: Record<string, unknown>;
      started?: boolean;
    }[];
    expect(inits.map(({ name, state }) => [name, Object.keys(state)[0]])).toEqual([
      ['prepare', 'terminated'],
      ['proxy', 'running'],
    ]);
    await client.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bad', namespace },
      spec: { containers: [{ name: 'main', image: 'crash:1' }] },
    });
    const found = await watchUntil(client, { type: pods, namespace }, (list) => {
      const bad = list.find(({ metadata }) => metadata.name === 'bad');
      const [main] =
        (status(bad)['containerStatuses'] as
          { restartCount: number; state: Record<string, { reason?: string }> }[] | undefined) ?? [];
      return (main?.restartCount ?? 0) >= 1 && main?.state['waiting']?.reason === 'CrashLoopBackOff';
    });
    expect(found).toHaveLength(2);
    const log = String(
      await client.request('GET', `/api/v1/namespaces/${namespace}/pods/bad/log?previous=true`, { as: 'text' }),
    );
    expect(log).toContain('exited with code 1');
  });

  it('runs a real process for a mapped image, with its environment, its log and its end', async () => {
    const namespace = await inNamespace('real');
    const env = [{ name: 'MESSAGE', value: 'Hello from $(WHO)' }];
    const spec = {
      containers: [{ name: 'main', image: 'message-app:1', env: [{ name: 'WHO', value: 'Git' }, ...env] }],
    };
    await client.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'message', namespace, labels: { app: 'message' } },
      spec,
    });
    await watchUntil(client, { type: pods, namespace }, (found) => containerState(found[0])?.ready === true);
    const address = cluster.kubelet.processAddress(namespace, 'message');
    const answer = await fetch(`http://${address?.host}:${address?.port}/`);
    expect(await answer.text()).toBe('Hello from Git');
    const nodePort = 31_397;
    const service = { type: 'NodePort', selector: { app: 'message' }, ports: [{ port: 80, nodePort }] };
    await client.create(services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'message', namespace },
      spec: service,
    });
    await watchUntil(client, { type: slices, namespace }, (found) => found.length === 1);
    expect(await (await fetch(`http://127.0.0.1:${nodePort}/`)).text()).toBe('Hello from Git');
    const log = String(await client.request('GET', `/api/v1/namespaces/${namespace}/pods/message/log`, { as: 'text' }));
    expect(log).toContain('listening');
    await client.delete(pods, 'message', { namespace });
    await watchUntil(client, { type: pods, namespace }, (found) => found.length === 0);
    await expect(fetch(`http://${address?.host}:${address?.port}/`)).rejects.toThrow();
  });

  it('gives the pods of a StatefulSet claims of their own and takes back those of pods scaled away', async () => {
    const namespace = await inNamespace('stateful');
    const labels = { app: 'store' };
    const claim = {
      metadata: { name: 'disk' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    const spec = {
      replicas: 2,
      serviceName: 'store',
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: plain },
      volumeClaimTemplates: [claim],
      persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' },
    };
    await client.create(statefulSets, {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'store', namespace },
      spec,
    });
    await watchUntil(client, { type: pods, namespace }, (found) => found.length === 2 && found.every(isRunning));
    await client.patch(statefulSets, 'store', { spec: { replicas: 1 } }, { type: 'merge', namespace });
    const left = await watchUntil(client, { type: claims, namespace }, (found) => found.length === 1);
    expect(left[0]).toMatchObject({ metadata: { name: 'disk-store-0' }, status: { phase: 'Bound' } });
  });

  it('collects what custom resources own, of kinds that came later', async () => {
    const namespace = await inNamespace('custom');
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const versions = [{ name: 'v1', served: true, storage: true, schema }];
    const names = { plural: 'widgets', singular: 'widget', kind: 'Widget' };
    const metadata = { name: 'widgets.example.com' };
    const spec = { group: 'example.com', scope: 'Namespaced', names, versions };
    await client.create(definitions, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata,
      spec,
    });
    await watchUntil(client, { type: definitions }, (found) => JSON.stringify(found).includes('"Established"'));
    const widgets = type('example.com/v1', 'widgets', 'Widget');
    const widget = await client.create(widgets, {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace },
    });
    const ownerReferences = [
      { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: widget.metadata.uid ?? '' },
    ];
    await client.create(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'owned', namespace, ownerReferences },
    });
    await client.delete(widgets, 'w', { namespace });
    await watchUntil(
      client,
      { type: configMaps, namespace },
      (found) => !found.some((map) => map.metadata.name === 'owned'),
    );
  });

  it('writes nothing while nothing changes', async () => {
    const settled = async () => {
      for (let before = -1; before !== cluster.written.length; await systemClock.sleep(300))
        before = cluster.written.length;
    };
    await settled();
    const before = cluster.written.length;
    await systemClock.sleep(1500);
    expect(
      cluster.written.slice(before).filter((entry) => !entry.endsWith(' events') && entry !== 'patch pods'),
    ).toEqual([]);
  });
});
