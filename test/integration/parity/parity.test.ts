import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { deepEqual } from '#base/json';
import { createLogger, silentLogger } from '#base/log';
import { createRegistry } from '#base/metrics';
import { startProduct } from '#cmd/product';
import { findKubectl, kubebuilderAssets, startClusterTarget, startGitServer } from '#harness';
import type { ClusterKind } from '#harness';
import { createKubeClient, loadKubeconfig } from '#libs/kube';
import { installControlPlane } from '#cmd/install/install-control-plane';
import { compareFacts } from './compare-facts.ts';
import { purposefulDifferences } from './differences.ts';
import { readRecording } from './recorded-cases.ts';
import type { Recording, Stage } from './recorded-cases.ts';
import { replay } from './replay.ts';
import type { Replayed } from './replay.ts';

const dataDir = process.env['WINDLASS_TEST_DATA'];
const recording: Recording = dataDir ? readRecording(dataDir) : { projects: {}, cases: [] };
const only = process.env['PARITY_CASES']?.split(',');
const cases = only ? recording.cases.filter(({ name }) => only.includes(name)) : recording.cases;
const namespace = 'argocd';

for (const kind of ['embedded', 'real'] satisfies ClusterKind[]) {
  const why = dataDir
    ? kind === 'real' && !kubebuilderAssets
      ? 'skipped without KUBEBUILDER_ASSETS'
      : ''
    : 'skipped without WINDLASS_TEST_DATA';
  describe.skipIf(why !== '')(`Argo CD's recorded behaviour on the ${kind} server${why && ` (${why})`}`, () => {
    let answers: Replayed = {};
    const stack = new AsyncDisposableStack();

    beforeAll(async () => {
      const cluster = stack.use(await startClusterTarget(kind));
      const git = stack.use(await startGitServer());
      await installControlPlane({
        client: cluster.client,
        namespace,
        clock: systemClock,
        signal: new AbortController().signal,
      });
      const dir = await mkdtemp(join(tmpdir(), 'windlass-parity-'));
      let calls = 0;
      const client = createKubeClient(loadKubeconfig(cluster.kubeconfig), {
        onCall: ({ verb }) => void (verb === 'get' || verb === 'list' || verb === 'watch' ? 0 : calls++),
      });
      const product = await startProduct({
        client,
        namespace,
        cacheDir: join(dir, 'cache'),
        manifestsDir: join(dir, 'manifests'),
        clock: systemClock,
        log: process.env['PARITY_LOG'] ? createLogger({ level: 'debug', format: 'text' }) : silentLogger,
        metrics: createRegistry(),
        identity: 'parity',
        leaderElection: false,
      });
      stack.defer(() => product.stop());
      const repository = await git.createRepository('parity');
      answers = await replay(
        {
          client: cluster.client,
          kubeconfig: cluster.kubeconfig,
          kubectl: await findKubectl(),
          namespace,
          repository,
          activity: () => calls,
          quietMs: Number(process.env['PARITY_QUIET_MS'] ?? 6000),
        },
        { ...recording, cases },
      );
    }, 400_000);

    afterAll(() => stack.disposeAsync(), 60_000);

    for (const { name, answers: recorded } of cases) {
      for (const stage of Object.keys(recorded) as Stage[]) {
        it(`${name}: ${stage}`, () => {
          const differences = compareFacts(recorded[stage] ?? {}, answers[name]?.[stage] ?? {});
          const onPurpose = purposefulDifferences.find((one) => one.case === name && one.stage === stage)?.windlass;
          const unexpected = differences.filter(({ fact, windlass }) => !deepEqual(onPurpose?.[fact], windlass));
          expect(unexpected).toEqual([]);
          expect(Object.keys(onPurpose ?? {}).sort()).toEqual(differences.map(({ fact }) => fact).sort());
        });
      }
    }
  });
}
