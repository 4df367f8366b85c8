import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { tempDir } from '#base/tempdir';
import { installControlPlane } from '#cmd/install/install-control-plane';
import type { Application } from '#core/api';
import { annotations, applicationType, argoApiVersion } from '#core/api';
import { kubebuilderAssets, startClusterTarget, startGitServer } from '#harness';
import type { ClusterTarget, TestRepository } from '#harness';
import { Informer } from '#libs/kube';
import type { ApiResource, KubeObject } from '#libs/kube';
import { expectedLive, filesOf, hooks } from './hook-repository.ts';

const processFile = fileURLToPath(new URL('product-process.ts', import.meta.url));
const app = 'killed';
const space = 'kill';
/** Kills per run; CI does the smaller number, KILLS=200 the long one. */
const kills = Number(process.env['KILLS'] ?? 24);

describe.skipIf(!kubebuilderAssets)(
  `kill -9 during ${kills} syncs${kubebuilderAssets ? '' : ' (skipped without KUBEBUILDER_ASSETS)'}`,
  () => {
    const stack = new AsyncDisposableStack();
    /** hook/revision → uids seen from outside. */
    const runs = new Map<string, Set<string>>();
    const killedAt: string[] = [];
    let cluster: ClusterTarget;
    let repository: TestRepository & { readonly url: string };
    let applications: Informer<Application>;
    let dataDir = '';
    let child: ChildProcess | undefined;

    beforeAll(async () => {
      cluster = stack.use(await startClusterTarget('real'));
      const git = stack.use(await startGitServer());
      const directory = stack.use(await tempDir('windlass-kill-'));
      dataDir = directory.path;
      repository = await git.createRepository('kill');
      await installControlPlane({
        client: cluster.client,
        namespace: 'argocd',
        clock: systemClock,
        signal: new AbortController().signal,
      });
      for (const [group, version, kind] of [
        ['', 'v1', 'ConfigMap'],
        ['batch', 'v1', 'Job'],
      ] as const) {
        const type = (await cluster.client.discovery.find({ group, version, kind })) as ApiResource;
        const watch = new Informer({
          client: cluster.client,
          type,
          clock: systemClock,
          log: silentLogger,
          labelSelector: 'hook',
          handlers: { changed: countRun },
        });
        await watch.start();
        stack.defer(() => watch.stop());
      }
      applications = new Informer<Application>({
        client: cluster.client,
        type: applicationType,
        clock: systemClock,
        log: silentLogger,
      });
      await applications.start();
      stack.defer(() => applications.stop());
      await repository.commit(filesOf(1), 'revision 1');
      await cluster.client.create(applicationType, {
        apiVersion: argoApiVersion,
        kind: 'Application',
        metadata: { name: app, namespace: 'argocd' },
        spec: {
          project: 'default',
          source: { repoURL: repository.url, path: '.', targetRevision: 'main' },
          destination: { server: 'https://kubernetes.default.svc', namespace: space },
          syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
        },
      });
    }, 120_000);

    afterAll(async () => {
      child?.kill('SIGKILL');
      await stack.disposeAsync();
    }, 60_000);

    it(
      'ends Synced, no hook twice, no object lost',
      async () => {
        for (let revision = 1; revision <= kills; revision++) {
          const sha =
            revision === 1
              ? await repository.git('rev-parse', 'main')
              : await repository.commit(filesOf(revision), `revision ${revision}`);
          await syncThroughKills(revision);
          await settled(sha, `revision ${revision} after ${killedAt.at(-1) ?? 'no kill'}`);
          expect({ revision, killedAt: killedAt.at(-1), live: await readLive() }).toEqual({
            revision,
            killedAt: killedAt.at(-1),
            live: expectedLive(revision),
          });
          const counts = Object.fromEntries(hooks.map((hook) => [hook, runs.get(`${hook}/${revision}`)?.size ?? 0]));
          expect({ revision, killedAt: killedAt.at(-1), counts }).toEqual({
            revision,
            killedAt: killedAt.at(-1),
            counts: { pre: 1, mid: 1, post: 1, generated: 1 },
          });
          expect(runs.get(`fail/${revision}`)).toBeUndefined();
        }
        expect(killedAt.length).toBeGreaterThanOrEqual(Math.min(20, kills - 2));
        process.stdout.write(`${killedAt.length} kills: ${[...new Set(killedAt)].join(', ')}\n`);
      },
      60_000 + kills * 15_000,
    );

    /** One process that dies at a failpoint, which moves on from sync to sync; every fourth dies at a random moment instead. */
    async function syncThroughKills(revision: number): Promise<void> {
      child?.kill('SIGKILL');
      const isRandom = revision % 4 === 0;
      const doomed = await startProcess(isRandom ? 0 : 1 + ((revision * 7) % 40));
      await cluster.client.patch(
        applicationType,
        app,
        { metadata: { annotations: { [annotations.refresh]: 'normal' } } },
        { type: 'merge', namespace: 'argocd' },
      );
      if (isRandom) {
        await systemClock.sleep(Math.random() * 1200);
        doomed.child.kill('SIGKILL');
        killedAt.push('a random moment');
      }
      const outcome = await Promise.race([doomed.ended, systemClock.sleep(8000).then(() => undefined)]);
      if (outcome !== undefined && !isRandom) killedAt.push(outcome);
      doomed.child.kill('SIGKILL');
      await doomed.ended;
      child = (await startProcess(0)).child;
    }

    function startProcess(failAt: number): Promise<{ child: ChildProcess; ended: Promise<string> }> {
      const started = spawn(process.execPath, [processFile, cluster.kubeconfig, dataDir, String(failAt)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      return new Promise((resolve, reject) => {
        const ended = new Promise<string>((end) =>
          started.on('exit', () => end(/killed at (.*)/.exec(said)?.[1] ?? 'exit')),
        );
        started.stdout.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          if (said.includes('ready')) resolve({ child: started, ended });
        });
        // A failpoint may come before the process calls itself ready.
        started.on('exit', () =>
          said.includes('killed at')
            ? resolve({ child: started, ended })
            : reject(new Error(`The product ended: ${said}`)),
        );
      });
    }

    async function settled(sha: string, what: string): Promise<void> {
      const end = systemClock.monotonic() + 45_000;
      for (;;) {
        const { status, operation } = applications.get(app, 'argocd') ?? {};
        if (
          status?.sync?.status === 'Synced' &&
          status.sync.revision === sha &&
          status.operationState?.phase === 'Succeeded' &&
          !operation &&
          status.operationState.syncResult?.revision === sha
        )
          return;
        if (systemClock.monotonic() > end)
          throw new Error(
            `Not synced: ${what}: ${JSON.stringify({ sync: status?.sync?.status, revision: status?.sync?.revision, sha, phase: status?.operationState?.phase, message: status?.operationState?.message, conditions: status?.conditions, live: await readLive() })}`,
          );
        await systemClock.sleep(50);
      }
    }

    async function readLive(): Promise<string[]> {
      const type = (await cluster.client.discovery.find({
        group: '',
        version: 'v1',
        kind: 'ConfigMap',
      })) as ApiResource;
      const { items } = await cluster.client.list(type, { namespace: space });
      return items
        .filter(
          (item) =>
            item.metadata.name !== 'kube-root-ca.crt' &&
            item.metadata.labels?.['hook'] === undefined &&
            !item.metadata.deletionTimestamp,
        )
        .map((item) => `ConfigMap/${item.metadata.name}`)
        .sort();
    }

    function countRun(object: KubeObject): void {
      const { labels, uid = '' } = object.metadata;
      const key = `${labels?.['hook']}/${labels?.['revision']}`;
      runs.set(key, (runs.get(key) ?? new Set()).add(uid));
    }
  },
);
