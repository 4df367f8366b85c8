import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { exec, minimalEnv } from '#base/exec';
import { tempDir } from '#base/tempdir';
import { installControlPlane } from '#cmd/install/install-control-plane';
import type { Application } from '#core/api';
import { applicationType, argoApiVersion } from '#core/api';
import { startGitServer, startLongRunning } from '#harness';
import type { LongRunning } from '#harness';
import { createKubeClient, Informer, loadKubeconfig } from '#libs/kube';
import { silentLogger } from '#base/log';

const windlass = fileURLToPath(new URL('../../../bin/windlass', import.meta.url));

describe('components that run alone', () => {
  it('three processes do together what one does', async () => {
    await using stack = new AsyncDisposableStack();
    const directory = stack.use(await tempDir('windlass-alone-'));
    const git = stack.use(await startGitServer());
    const start = async (command: string, ready: RegExp): Promise<LongRunning> => {
      const running = await startLongRunning(`${windlass} ${command}`, {
        cwd: directory.path,
        env: environment(),
        ready,
      });
      stack.defer(() => running.interrupt());
      return running;
    };
    await start('kube-apiserver --port 0 --log-level error', /KUBECONFIG/);
    const kubeconfig = join(directory.path, '.windlass', 'kubeconfig');
    const client = createKubeClient(loadKubeconfig(kubeconfig));
    stack.defer(() => client.close());
    await installControlPlane({
      client,
      namespace: 'argocd',
      clock: systemClock,
      signal: new AbortController().signal,
    });

    await writeFile(join(directory.path, 'token'), randomBytes(24).toString('base64'), { mode: 0o600 });
    const repoServer = await start('repo-server --token-file token --log-level error', /repo-server at \S+/);
    const address = /repo-server at (\S+)/.exec(repoServer.output())?.[1] ?? '';
    await start(
      `application-controller --kubeconfig ${kubeconfig} --repo-server ${address} --repo-server-token-file token --log-level error`,
      /application-controller for/,
    );

    const repository = await git.createRepository('alone', {
      'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
    });
    await client.create(applicationType, {
      apiVersion: argoApiVersion,
      kind: 'Application',
      metadata: { name: 'alone', namespace: 'argocd' },
      spec: {
        project: 'default',
        source: { repoURL: repository.url, path: '.', targetRevision: 'main' },
        destination: { server: 'https://kubernetes.default.svc', namespace: 'default' },
        syncPolicy: { automated: {} },
      },
    });
    expect(await untilSynced()).toBe('Synced');

    async function untilSynced(): Promise<string | undefined> {
      const applications = new Informer<Application>({
        client,
        type: applicationType,
        clock: systemClock,
        log: silentLogger,
      });
      await applications.start();
      const end = systemClock.monotonic() + 40_000;
      let status: string | undefined;
      while (status !== 'Synced' && systemClock.monotonic() < end) {
        status = applications.get('alone', 'argocd')?.status?.sync?.status;
        await systemClock.sleep(50);
      }
      await applications.stop();
      return status;
    }
  }, 120_000);

  it('a controller without its token file says what to do', async () => {
    const run = await exec(windlass, ['repo-server'], { env: environment(), okCodes: [0, 2, 20] });
    expect(run.code).not.toBe(0);
    expect(run.stderr).toContain('--token-file is missing');
    expect(run.stderr).toContain('/dev/urandom');
  });
});

function environment(): Record<string, string> {
  return { ...minimalEnv(), PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };
}
