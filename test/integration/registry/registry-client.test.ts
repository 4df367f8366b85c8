import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { Secret } from '#base/secret';
import { tempDir } from '#base/tempdir';
import { createTestCertificate, startHttpServer, startOciRegistry } from '#harness';
import { createArtifactStore, createRegistryClient } from '#libs/registry';

const chart = {
  name: 'web',
  version: '1.2.0',
  files: { 'templates/cm.yaml': 'kind: ConfigMap\n', 'values.yaml': 'a: 1\n' },
};

describe('RegistryClient', () => {
  it('lists tags over several pages', async () => {
    await using registry = await startOciRegistry({ pageSize: 2 });
    await using client = createRegistryClient({ clock: systemClock });
    for (const version of ['1.0.0', '1.1.0', '1.2.0', '2.0.0', '2.1.0-rc.1'])
      registry.pushChart('charts/web', { ...chart, version });
    const tags = await client.tags({}, `oci://${registry.host}/charts/web`);
    expect(tags).toEqual(['1.0.0', '1.1.0', '1.2.0', '2.0.0', '2.1.0-rc.1']);
    expect(registry.requests).toHaveLength(3);
  });

  it('resolves tags, digests and version ranges to a digest', async () => {
    await using registry = await startOciRegistry();
    await using client = createRegistryClient({ clock: systemClock });
    const url = `oci://${registry.host}/charts/web`;
    const digests = new Map(
      ['1.0.0', '1.1.0+build.5', '2.0.0'].map((v) => [v, registry.pushChart('charts/web', { ...chart, version: v })]),
    );
    expect(await client.resolve({}, url, '1.0.0')).toEqual({ digest: digests.get('1.0.0'), tag: '1.0.0' });
    expect(await client.resolve({}, url, '1.x')).toEqual({
      digest: digests.get('1.1.0+build.5'),
      tag: '1.1.0_build.5',
    });
    expect(await client.resolve({}, url, '1.1.0+build.5')).toMatchObject({ digest: digests.get('1.1.0+build.5') });
    expect(await client.resolve({}, url, digests.get('2.0.0') as string)).toEqual({ digest: digests.get('2.0.0') });
    await expect(client.resolve({}, url, '9.x')).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
    await expect(client.resolve({}, url, '9.9.9')).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
  });

  it.each(['basic', 'token'] as const)('logs in by %s, once', async (authType) => {
    await using registry = await startOciRegistry({ auth: { username: 'u', password: 'p' }, authType });
    await using client = createRegistryClient({ clock: systemClock });
    registry.pushChart('web', chart);
    const url = `oci://${registry.host}/web`;
    const access = { username: 'u', password: new Secret('p') };
    expect(await client.tags(access, url)).toEqual(['1.2.0']);
    const requests = registry.requests.length;
    await client.manifest(access, url, '1.2.0');
    expect(registry.requests.length - requests).toBe(1);
    await expect(client.tags({ username: 'u', password: new Secret('wrong') }, url)).rejects.toMatchObject({
      code: 'REGISTRY_AUTH_FAILED',
    });
    await expect(client.tags({}, url)).rejects.toMatchObject({ code: 'REGISTRY_AUTH_FAILED' });
  });

  it('sends its password to no token service that is not the registry or configured', async () => {
    await using thief = await startHttpServer((_request, response) => void response.end('{"token":"x"}'));
    await using registry = await startOciRegistry({
      auth: { username: 'u', password: 'p' },
      authType: 'token',
      realm: `${thief.url}/token`,
    });
    await using client = createRegistryClient({ clock: systemClock });
    const access = { username: 'u', password: new Secret('p') };
    await expect(client.tags(access, `oci://${registry.host}/web`)).rejects.toMatchObject({
      code: 'REGISTRY_AUTH_FAILED',
    });
    expect(thief.requests).toHaveLength(0);
  });

  it('drops credentials when a blob lies on another host', async () => {
    await using store = await startHttpServer((request, response) => void response.end(content.get(request.url ?? '')));
    await using registry = await startOciRegistry({ auth: { username: 'u', password: 'p' } });
    const content = new Map<string, Buffer>();
    await using client = createRegistryClient({ clock: systemClock });
    await using dir = await tempDir();
    registry.push({ repository: 'web', tag: '1', layers: [{ mediaType: 'x', content: Buffer.from('hello') }] });
    const access = { username: 'u', password: new Secret('p') };
    const url = `oci://${registry.host}/web`;
    const [layer] = (await client.manifest(access, url, '1')).layers;
    content.set('/elsewhere', Buffer.from('hello'));
    registry.intercept = (request, response) => {
      if (!request.url?.includes('/blobs/') || !request.headers.authorization) return false;
      response.writeHead(307, { location: `${store.url}/elsewhere` }).end();
      return true;
    };
    const path = join(dir.path, 'blob');
    await client.fetchBlob(access, { url, descriptor: layer as { digest: string; size: number }, path });
    expect(await readFile(path, 'utf8')).toBe('hello');
    expect(store.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it('refuses content that does not match its digest, and leaves no file', async () => {
    await using registry = await startOciRegistry();
    await using client = createRegistryClient({ clock: systemClock });
    await using dir = await tempDir();
    const digest = registry.push({
      repository: 'web',
      tag: '1',
      layers: [{ mediaType: 'x', content: Buffer.from('hello') }],
    });
    const url = `oci://${registry.host}/web`;
    const [layer] = (await client.manifest({}, url, digest)).layers;
    registry.blobs.set(layer?.digest ?? '', Buffer.from('hellO'));
    const path = join(dir.path, 'blob');
    const fetch = client.fetchBlob({}, { url, descriptor: layer as { digest: string; size: number }, path });
    await expect(fetch).rejects.toMatchObject({ code: 'REGISTRY_DIGEST_MISMATCH' });
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
    registry.intercept = (request, response) => {
      if (!request.url?.includes('/manifests/')) return false;
      response.end('{"layers":[]}');
      return true;
    };
    await expect(client.manifest({}, url, digest)).rejects.toMatchObject({ code: 'REGISTRY_DIGEST_MISMATCH' });
  });

  it('trusts a private authority only when it is configured', async () => {
    const tls = await createTestCertificate();
    await using registry = await startOciRegistry({ tls });
    registry.pushChart('web', chart);
    await using client = createRegistryClient({ clock: systemClock });
    const url = `oci://${registry.host}/web`;
    expect(await client.tags({ caPem: tls.cert }, url)).toEqual(['1.2.0']);
    expect(await client.tags({ insecure: true }, url)).toEqual(['1.2.0']);
    await expect(client.tags({ plainHttp: false }, url)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  });

  it.each(['oci://', 'oci://host', 'oci://host/UPPER', 'oci://host/../x', 'oci://host/a b', 'oci://-x/a'])(
    'refuses the URL %s',
    async (url) => {
      await using client = createRegistryClient({ clock: systemClock });
      await expect(client.tags({}, url)).rejects.toMatchObject({ code: 'REGISTRY_REFERENCE_INVALID' });
    },
  );
});

describe('ArtifactStore', () => {
  it('unpacks a chart once and reads it as a tree', async () => {
    await using registry = await startOciRegistry();
    await using client = createRegistryClient({ clock: systemClock });
    await using dir = await tempDir();
    const digest = registry.pushChart('charts/web', chart);
    const url = `oci://${registry.host}/charts/web`;
    const store = createArtifactStore({ dir: dir.path, client, clock: systemClock, log: silentLogger });
    const { layer } = await store.artifact({}, url, digest);
    const tree = await store.tree({}, url, layer);
    expect((await tree.list('web'))?.map(({ name }) => name)).toEqual(['Chart.yaml', 'templates', 'values.yaml']);
    expect(Buffer.from((await tree.read('web/values.yaml')) ?? []).toString()).toBe('a: 1\n');
    expect(await readFile(join(await tree.materialise('web'), 'values.yaml'), 'utf8')).toBe('a: 1\n');
    await expect(tree.read('../x')).rejects.toMatchObject({ code: 'TREE_PATH_INVALID' });

    const requests = registry.requests.length;
    const again = await createArtifactStore({ dir: dir.path, client, clock: systemClock, log: silentLogger }).tree(
      {},
      url,
      layer,
    );
    expect(again.id).toBe(tree.id);
    expect(registry.requests.length).toBe(requests);
  });

  it('wants exactly one layer with content', async () => {
    await using registry = await startOciRegistry();
    await using client = createRegistryClient({ clock: systemClock });
    await using dir = await tempDir();
    const tar = { mediaType: 'application/vnd.oci.image.layer.v1.tar', content: Buffer.alloc(1024) };
    const none = registry.push({ repository: 'none', tag: '1', layers: [{ ...tar, mediaType: 'text/plain' }] });
    const two = registry.push({ repository: 'two', tag: '1', layers: [tar, { ...tar, content: Buffer.alloc(2048) }] });
    const store = createArtifactStore({ dir: dir.path, client, clock: systemClock, log: silentLogger });
    for (const [repository, digest] of [
      ['none', none],
      ['two', two],
    ] as const) {
      const artifact = store.artifact({}, `oci://${registry.host}/${repository}`, digest);
      await expect(artifact).rejects.toMatchObject({ code: 'ARTIFACT_LAYERS_INVALID' });
    }
  });
});
