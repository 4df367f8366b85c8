import { expect, it } from 'vitest';
import { createDiscovery } from './server-discovery.ts';

const widget = { group: 'example.com', version: 'v1', kind: 'Widget' };

/** A server that serves Widgets from the second look on, and counts the looks. */
function startServer() {
  const server = { looks: 0, isServing: false };
  const discovery = createDiscovery(async (path) => {
    if (path !== '/apis') return { items: [] };
    server.looks++;
    const { isServing } = server;
    await Promise.resolve();
    const resource = { resource: 'widgets', responseKind: { kind: 'Widget' }, scope: 'Namespaced' };
    const versions = [{ version: 'v1', resources: [resource] }];
    return { items: isServing ? [{ metadata: { name: 'example.com' }, versions }] : [] };
  });
  return { server, discovery };
}

it('find looks once more for a kind that arrived, for everybody who asks meanwhile', async () => {
  const { server, discovery } = startServer();
  await discovery.resources();
  server.isServing = true;
  const found = await Promise.all([1, 2, 3].map(() => discovery.find(widget)));
  expect(found.map((type) => type?.resource)).toEqual(['widgets', 'widgets', 'widgets']);
  expect(server.looks).toBe(2);
});

it('find does not ask again for a kind that is not there, until somebody invalidates', async () => {
  const { server, discovery } = startServer();
  await discovery.resources();
  expect(await discovery.find(widget)).toBeUndefined();
  expect(await discovery.find(widget)).toBeUndefined();
  expect(server.looks).toBe(2);
  server.isServing = true;
  discovery.invalidate();
  expect(await discovery.find(widget)).toMatchObject({ resource: 'widgets', namespaced: true });
});
