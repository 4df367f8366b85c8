import { describe, expect, test } from 'vitest';
import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { tempDir } from '#base/tempdir';
import { startKubeApiserver, startKubeApiserverWorker } from '#components/kube-apiserver';
import { isExpired } from '#libs/kube';
import type { ResourceType, WatchEvent } from '#libs/kube';
import { HttpTarget } from './http-target.ts';

const configMaps: ResourceType = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};

function start(dataDir: string) {
  return startKubeApiserver({ dataDir, port: 0, clock: systemClock, log: silentLogger });
}

function configMap(name: string) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { a: 'b' } };
}

describe('restart', () => {
  test('keeps objects, revisions, definitions, token and certificate', async () => {
    await using directory = await tempDir();
    const first = await start(directory.path);
    const made = await first.client.create(configMaps, configMap('kept'));
    await first.client.create(configMaps, configMap('dropped'));
    await first.client.delete(configMaps, 'dropped', { namespace: 'default' });
    await first.client.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: definition });
    await first.client.request('POST', '/apis/keep.example.com/v1/keeps', { body: { metadata: { name: 'k' } } });
    const before = await first.client.list(configMaps);
    await first.close();

    const second = await start(directory.path);
    expect(await second.client.get(configMaps, 'kept', { namespace: 'default' })).toEqual(made);
    const after = await second.client.list(configMaps);
    expect(after.items).toEqual(before.items);
    expect(Number(after.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(before.metadata.resourceVersion));
    expect([second.token, second.caPem]).toEqual([first.token, first.caPem]);
    expect(await second.client.request('GET', '/apis/keep.example.com/v1/keeps/k')).toMatchObject({ kind: 'Keep' });
    await second.close();
  });

  test('forgets the changes before it: an old watch gets 410', async () => {
    await using directory = await tempDir();
    const first = await start(directory.path);
    const { metadata } = await first.client.list(configMaps);
    await first.client.create(configMaps, configMap('later'));
    await first.close();
    const second = await start(directory.path);
    const watch = second.client.watch(configMaps, { resourceVersion: metadata.resourceVersion ?? '' });
    await expect(firstOf(watch)).rejects.toSatisfy(isExpired);
    await second.close();
  });
});

describe('in-process client', () => {
  test('lists and watches without a gap', async () => {
    await using directory = await tempDir();
    const server = await start(directory.path);
    const { client } = server;
    const { metadata } = await client.list(configMaps, { namespace: 'default' });
    const names = Array.from({ length: 50 }, (_, i) => `c${i}`);
    const creating = Promise.all(names.map((name) => client.create(configMaps, configMap(name))));
    const seen: string[] = [];
    for await (const { type, object } of client.watch(configMaps, {
      resourceVersion: metadata.resourceVersion ?? '',
      namespace: 'default',
    })) {
      if (type === 'ADDED') seen.push(object.metadata.name ?? '');
      if (seen.length === names.length) break;
    }
    await creating;
    expect(seen.sort()).toEqual(names.sort());
    await server.close();
  });

  test('hands out copies: changing an answer changes nothing stored', async () => {
    const server = await start(':memory:');
    const made = await server.client.create(configMaps, configMap('copy'));
    made['data'] = { a: 'changed' };
    const read = await server.client.get(configMaps, 'copy', { namespace: 'default' });
    expect(read['data']).toEqual({ a: 'b' });
    await server.close();
  });

  test('discovers what is served, custom resources included', async () => {
    const server = await start(':memory:');
    await server.client.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      body: definition,
    });
    const found = await server.client.discovery.findPreferred({ group: 'keep.example.com', kind: 'Keep' });
    expect(found).toMatchObject({ resource: 'keeps', namespaced: false });
    expect(await server.client.discovery.apiVersions()).toContain('keep.example.com/v1/Keep');
    await server.close();
  });
});

test('the worker serves the same cluster from a thread of its own, controllers included', async () => {
  const worker = await startKubeApiserverWorker({ dataDir: ':memory:', port: 0 });
  const http = new HttpTarget(worker.url, { ca: worker.caPem, token: worker.token });
  const answer = await http.waitFor('/api/v1/namespaces/default/serviceaccounts/default');
  expect(answer.status).toBe(200);
  http.close();
  await worker.close();
});

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'keeps.keep.example.com' },
  spec: {
    group: 'keep.example.com',
    scope: 'Cluster',
    names: { plural: 'keeps', kind: 'Keep' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

async function firstOf(watch: AsyncIterable<WatchEvent>): Promise<WatchEvent | undefined> {
  for await (const event of watch) return event;
  return undefined;
}
