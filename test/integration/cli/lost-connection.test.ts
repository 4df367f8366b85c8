import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { applicationType } from '#core/api';
import { controlNamespace, startCliRig } from './cli-rig.ts';
import type { CliRig } from './cli-rig.ts';

let rig: CliRig;
let proxy: Awaited<ReturnType<typeof startProxy>>;

beforeAll(async () => {
  rig = await startCliRig({ 'plain/a.yaml': '' }, { target: 'embedded' });
  const text = await readFile(rig.kubeconfig, 'utf8');
  proxy = await startProxy(Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]));
  await writeFile(join(rig.cwd, 'proxied'), text.replace(/(https:\/\/127\.0\.0\.1):\d+/, `$1:${proxy.port}`));
});

afterAll(async () => {
  await proxy?.close();
  await rig?.[Symbol.asyncDispose]();
});

it('a wait survives a lost connection and sees what changed meanwhile', async () => {
  await rig.create({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'cut', namespace: controlNamespace },
    spec: { project: 'default', destination: { name: 'in-cluster' }, source: { repoURL: rig.url, path: 'plain' } },
    status: { sync: { status: 'OutOfSync' } },
  });
  const running = rig.run(['app', 'wait', 'cut', '--sync', '--timeout', '30'], {
    env: { KUBECONFIG: join(rig.cwd, 'proxied') },
  });
  await proxy.untilWatching();
  proxy.cut();
  const patch = { status: { sync: { status: 'Synced' } } };
  await rig.client.patch(applicationType, 'cut', patch, { type: 'merge', namespace: controlNamespace });
  await systemClock.sleep(300);
  const mended = systemClock.monotonic();
  proxy.mend();
  expect(await running).toMatchObject({ code: 0 });
  expect(systemClock.monotonic() - mended).toBeLessThan(4000);
});

/** Passes bytes on until it is cut; then it takes no connection until it is mended. */
async function startProxy(target: number) {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    /** Calls and the watch have connections of their own. */
    async untilWatching() {
      while (sockets.size < 4) await systemClock.sleep(20);
      await systemClock.sleep(200);
    },
    close: () => new Promise((done) => server.close(done)),
  };
}
