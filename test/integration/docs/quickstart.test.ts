import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec, minimalEnv } from '#base/exec';
import { systemClock } from '#base/clock';
import { applicationType } from '#core/api';
import type { Application } from '#core/api';
import { findKubectl, startLongRunning } from '#harness';
import type { LongRunning } from '#harness';
import { createKubeClient, loadKubeconfig } from '#libs/kube';
import type { KubeClient } from '#libs/kube';
import { checkoutCopy } from './checkout.ts';
import { readCommands } from './read-commands.ts';

const isUp = /Ctrl-C stops/;

/** Commands that a page shows and that this suite runs in its own way, or that would run this suite. */
const special = ['npm start', 'npm test', 'bin/windlass up'];

describe('the quickstart, as a newcomer follows it', () => {
  const stack = new AsyncDisposableStack();
  let root = '';
  let env: Record<string, string> = {};
  let server: LongRunning;
  let client: KubeClient;

  beforeAll(async () => {
    root = stack.use(await checkoutCopy()).path;
    const bin = join(root, '.test-bin');
    await mkdir(bin);
    await symlink(await findKubectl(), join(bin, 'kubectl')).catch(() => undefined);
    env = {
      ...minimalEnv(),
      PATH: `${bin}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      HOME: join(root, '.home'),
      GIT_AUTHOR_NAME: 'Reader',
      GIT_AUTHOR_EMAIL: 'reader@example.com',
      GIT_COMMITTER_NAME: 'Reader',
      GIT_COMMITTER_EMAIL: 'reader@example.com',
    };
    server = await start('npm start', { WINDLASS_PORT: '0', WINDLASS_KUBE_PORT: '0' });
    client = connect();
    await allSynced();
  }, 180_000);

  afterAll(async () => {
    await client?.close();
    await server?.interrupt();
    await stack.disposeAsync();
  }, 60_000);

  it('npm start says where everything is', () => {
    for (const word of ['URL', 'Login       admin / ', 'KUBECONFIG', 'bin/windlass app list'])
      expect(server.output()).toContain(word);
  });

  for (const page of ['README.md', 'docs/quickstart.md']) {
    it(`every command of ${page} works`, async () => {
      const commands = readCommands(await readFile(join(root, page), 'utf8')).filter(
        (command) => !special.some((start) => command.startsWith(start)),
      );
      expect(commands.length).toBeGreaterThan(3);
      for (const command of commands) await run(command);
      await rollbackSticks();
      // The next page starts from the message that the demo began with.
      await run(
        "sed -i 's/Hello again/Hello from Git/' .windlass/demo/message-app/configmap.yaml && git -C .windlass/demo commit -qam 'As it was' && git -C .windlass/demo push -q",
      );
      await run('bin/windlass app get message-app --refresh && bin/windlass app wait message-app --sync');
    }, 120_000);
  }

  it('a deleted Deployment comes back, a second start keeps the state', async () => {
    const before = await applicationNames();
    await client.close();
    await server.interrupt();
    expect(server.output()).toContain('Stopped.');
    server = await start('npm start', { WINDLASS_PORT: '0', WINDLASS_KUBE_PORT: '0' });
    client = connect();
    expect(await applicationNames()).toEqual(before);
    await run('kubectl --kubeconfig .windlass/kubeconfig -n staging delete deployment message-app');
    await run(
      'kubectl --kubeconfig .windlass/kubeconfig -n staging wait --for=create deployment/message-app --timeout=20s',
    );
    await allSynced();
  }, 120_000);

  it('windlass up runs against an existing cluster beside it', async () => {
    await mkdir(join(root, '.home', '.kube'), { recursive: true });
    await writeFile(join(root, '.home', '.kube', 'config'), await readFile(join(root, '.windlass', 'kubeconfig')));
    const [command] = readCommands(await readFile(join(root, 'README.md'), 'utf8')).filter((line) =>
      line.startsWith('bin/windlass up'),
    );
    const second = await start(`${command} --data-dir .second --namespace second --port 0`, {});
    expect(second.output()).toMatch(/created \d+ objects that were missing in namespace second/);
    await second.interrupt();
    expect(second.output()).toContain('Stopped.');
  }, 60_000);

  function start(command: string, more: Record<string, string>): Promise<LongRunning> {
    return startLongRunning(command, { cwd: root, env: { ...env, ...more }, ready: isUp });
  }

  async function run(command: string): Promise<void> {
    await exec('/bin/sh', ['-c', command], { cwd: root, env, timeoutMs: 60_000 });
  }

  function connect(): KubeClient {
    return createKubeClient(loadKubeconfig(join(root, '.windlass', 'kubeconfig')));
  }

  async function applications(): Promise<Application[]> {
    return (await client.list(applicationType, { namespace: 'argocd' })).items.map(
      (item) => item as unknown as Application,
    );
  }

  async function applicationNames(): Promise<string[]> {
    return (await applications()).map((app) => app.metadata.name ?? '').sort();
  }

  /** Git says "Hello again", automation is on, a refresh was done: the rolled back message stays. */
  async function rollbackSticks(): Promise<void> {
    const refresh = 'argocd.argoproj.io/refresh';
    await run(`kubectl --kubeconfig .windlass/kubeconfig -n argocd annotate application message-app ${refresh}=normal`);
    const end = systemClock.monotonic() + 20_000;
    let app = await messageApp();
    while (app.metadata.annotations?.[refresh] !== undefined && systemClock.monotonic() < end) {
      await systemClock.sleep(50);
      app = await messageApp();
    }
    expect(app.metadata.annotations?.[refresh]).toBeUndefined();
    expect(app.metadata.annotations?.['windlass.dev/hold']).toContain('skipRevisions');
    expect(app.status?.sync?.status).toBe('OutOfSync');
    const { stdout } = await exec(
      'kubectl',
      [
        '--kubeconfig',
        '.windlass/kubeconfig',
        '-n',
        'staging',
        'get',
        'configmap',
        'message',
        '-o',
        'jsonpath={.data.MESSAGE}',
      ],
      { cwd: root, env },
    );
    expect(stdout.toString('utf8')).toBe('Hello from Git');
  }

  async function messageApp(): Promise<Application> {
    return (await client.get(applicationType, 'message-app', { namespace: 'argocd' })) as unknown as Application;
  }

  async function allSynced(): Promise<void> {
    const end = systemClock.monotonic() + 90_000;
    for (;;) {
      const found = await applications();
      const waiting = found.filter(
        ({ status }) => status?.sync?.status !== 'Synced' || status.health?.status !== 'Healthy',
      );
      if (found.length >= 6 && waiting.length === 0) return;
      if (systemClock.monotonic() > end)
        throw new Error(
          `Not Synced and Healthy: ${waiting.map((app) => `${app.metadata.name} ${app.status?.sync?.status}/${app.status?.health?.status}`).join(', ')}`,
        );
      await systemClock.sleep(200);
    }
  }
});
