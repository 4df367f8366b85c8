import { join } from 'node:path';
import { systemClock } from '#base/clock';
import { deferred } from '#base/deferred';
import { tempDir } from '#base/tempdir';
import { parseUpOptions } from '#cmd/up-options';
import { runUp } from '#cmd/up';
import { startControlPlane } from '#harness';
import type { ClusterKind } from '#harness';
import { createKubeClient, loadKubeconfig } from '#libs/kube';
import type { KubeClient } from '#libs/kube';
import { prepareRealCluster } from './prepare-real-cluster.ts';

export interface RunningWindlass extends AsyncDisposable {
  /** A client of its own: not the one that the product uses. */
  readonly client: KubeClient;
}

/** `windlass up` as a user starts it: with the embedded cluster, or with `--kubeconfig` of a real control plane. */
export async function startWindlass(kind: ClusterKind): Promise<RunningWindlass> {
  const stack = new AsyncDisposableStack();
  try {
    const directory = stack.use(await tempDir('windlass-real-applications-'));
    const dataDir = join(directory.path, 'data');
    const flags = { dataDir, demo: false, port: '0', kubePort: '0', logLevel: 'error' };
    if (kind === 'embedded') await up(stack, flags);
    else {
      const cluster = stack.use(await startControlPlane());
      await prepareRealCluster(cluster.client);
      await up(stack, { ...flags, kubeconfig: cluster.kubeconfig });
      return { client: cluster.client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
    }
    const client = createKubeClient(loadKubeconfig(join(dataDir, 'kubeconfig')));
    stack.defer(() => client.close());
    return { client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Resolves when the summary is printed, rejects when the start fails. */
async function up(stack: AsyncDisposableStack, flags: Parameters<typeof parseUpOptions>[0]): Promise<void> {
  const abort = new AbortController();
  const ready = deferred();
  const write = (line: string) => {
    if (line.includes('Ctrl-C stops')) ready.resolve();
  };
  const running = runUp(
    parseUpOptions(flags, {}, process.cwd()),
    { clock: systemClock, cwd: process.cwd(), write },
    abort.signal,
  );
  stack.defer(async () => {
    abort.abort(new DOMException('The run is over.', 'AbortError'));
    await running.catch(() => undefined);
  });
  await Promise.race([ready.promise, running]);
}
