import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startClusterTarget } from '#harness';
import { configMap, deployment, hookJob } from './manifests.ts';
import { isSyncedAndHealthy, startController, types } from './start-controller.ts';
import type { ControllerUnderTest } from './start-controller.ts';
import { targets } from './targets.ts';

const name = 'killed';
// Odd, so that it kills before some writes and after others.
const strides = { embedded: 9, real: 5 } as const;
const fewestWrites = 45;
const maxWrites = 90;

/** Freezes every write from a chosen one on: nothing that the process would have done afterwards happens. */
class Killer {
  #left = Number.POSITIVE_INFINITY;
  #generation = 0;
  #frozen = Promise.withResolvers<void>();
  #release = Promise.withResolvers<never>();
  last = '';

  constructor() {
    this.#release.promise.catch(() => undefined);
  }

  /** A failpoint of the process that runs now; earlier ones stay frozen. */
  failpoint(): (point: string) => Promise<void> {
    const own = ++this.#generation;
    return async (point) => {
      if (point.endsWith('event')) return;
      if (own === this.#generation && this.#left-- > 0) return;
      if (own === this.#generation && this.#left === -1) this.last = point;
      this.#frozen.resolve();
      await this.#release.promise;
    };
  }

  killAt(write: number): Promise<void> {
    this.#left = write;
    this.#frozen = Promise.withResolvers<void>();
    return this.#frozen.promise;
  }

  calm(): void {
    this.#left = Number.POSITIVE_INFINITY;
  }

  end(): void {
    this.#release.reject(new Error('killed'));
  }
}

function files(round: number): Record<string, string | null> {
  const wave = (wave: string) => ({ 'argocd.argoproj.io/sync-wave': wave });
  return {
    [`${name}/a.yaml`]:
      configMap('first', String(round), wave('-1')) +
      deployment('middle', `nginx:${round}`) +
      configMap('last', String(round), wave('1')) +
      hookJob('pre', 'PreSync', { generate: true, policy: 'HookSucceeded' }) +
      hookJob('mid', 'Sync') +
      hookJob('post', 'PostSync', { policy: 'HookSucceeded' }) +
      hookJob('never', 'SyncFail'),
    // One object comes and goes.
    [`${name}/${round % 2 === 0 ? 'even' : 'odd'}.yaml`]: configMap(
      `only-${round % 2 === 0 ? 'even' : 'odd'}`,
      String(round),
    ),
    [`${name}/${round % 2 === 0 ? 'odd' : 'even'}.yaml`]: null,
  };
}

describe.each(targets)('kill -9 at any write, on the %s server (the real one needs KUBEBUILDER_ASSETS)', (kind) => {
  const stack = new AsyncDisposableStack();
  const killer = new Killer();
  const jobs = new Map<string, string>();
  let product: ControllerUnderTest;

  beforeAll(async () => {
    const cluster = stack.use(await startClusterTarget(kind));
    const options = { failpoints: () => killer.failpoint() };
    const { [`${name}/odd.yaml`]: _none, ...first } = files(0);
    product = stack.use(await startController(cluster.kubeconfig, first as Record<string, string>, options));
    stack.defer(() => killer.end());
    const abort = new AbortController();
    stack.defer(() => abort.abort(new Error('done')));
    void watchJobs(product, jobs, abort.signal);
    await product.createApplication(name);
    await product.waitFor(name, isDone(1));
  }, 120_000);

  afterAll(() => stack.disposeAsync(), 60_000);

  it('ends Synced, with every hook run once and no object lost', async () => {
    let synced = 1;
    let killed = true;
    for (let write = 0; write < maxWrites; write += strides[kind]) {
      jobs.clear();
      await product.repository.commit(files(synced));
      const frozen = killer.killAt(write);
      await product.patchApplication(name, { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } });
      killed = await Promise.race([
        frozen.then(() => true),
        product.waitFor(name, isDone(synced + 1)).then(() => false),
      ]);
      killer.calm();
      if (killed) await product.replace();
      const app = await product.waitFor(name, isDone(synced + 1)).catch((error: unknown) => {
        throw new Error(`after a kill at write ${write} (${killer.last})`, { cause: error });
      });
      const context = `kill at write ${write} (${killer.last})`;
      const prefixes = [...jobs.values()].map((job) => job.split('-')[0]).sort();
      expect(prefixes, context).toEqual(['mid', 'post', 'pre']);
      const maps = await product.client.list(types.configMap, { namespace: name });
      const values = Object.fromEntries(
        maps.items.map((map) => [map.metadata.name, (map['data'] as Record<string, string> | undefined)?.['v']]),
      );
      delete values['kube-root-ca.crt'];
      expect(values, context).toEqual({
        first: `${synced}`,
        last: `${synced}`,
        [`only-${synced % 2 === 0 ? 'even' : 'odd'}`]: `${synced}`,
      });
      expect(app.status?.history?.length).toBe(Math.min(10, synced + 1));
      synced++;
      if (!killed) break;
    }
    // The loop ended because a sync needs fewer writes than the last one that was asked for.
    expect(killed).toBe(false);
    expect(synced * strides[kind]).toBeGreaterThan(fewestWrites);
  }, 400_000);
});

function isDone(syncs: number) {
  return (app: Parameters<typeof isSyncedAndHealthy>[0]) =>
    (app.status?.history?.at(-1)?.id ?? -1) === syncs - 1 &&
    app.status?.operationState?.phase === 'Succeeded' &&
    isSyncedAndHealthy(app);
}

/** Which Jobs were ever created, seen from outside the process. */
async function watchJobs(product: ControllerUnderTest, seen: Map<string, string>, signal: AbortSignal): Promise<void> {
  const list = await product.client.list(types.job, { namespace: name });
  const options = { namespace: name, resourceVersion: list.metadata.resourceVersion ?? '', signal };
  try {
    for await (const { type, object } of product.client.watch(types.job, options)) {
      if (type === 'ADDED') seen.set(object.metadata.uid ?? '', object.metadata.name ?? '');
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
