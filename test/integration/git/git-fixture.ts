import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { createRegistry } from '#base/metrics';
import type { Registry } from '#base/metrics';
import { tempDir } from '#base/tempdir';
import { startGitServer } from '#harness';
import type { GitServer, GitServerOptions } from '#harness';
import { createGitStore } from '#libs/git';
import type { GitStore, GitStoreOptions } from '#libs/git';

export interface GitFixture extends AsyncDisposable {
  readonly server: GitServer;
  readonly store: GitStore;
  readonly dir: string;
  /** A second store on the same directory, as after a restart. */
  reopen(): GitStore;
  /** Git processes started so far by this fixture's stores. */
  processes(): Promise<number>;
}

/** A Git server and a store that reads from it, both gone at the end of the test. */
export async function gitFixture(
  options: GitServerOptions & { readonly store?: Partial<GitStoreOptions> } = {},
): Promise<GitFixture> {
  const server = await startGitServer(options);
  const dir = await tempDir('git-store-');
  const metrics = createRegistry();
  const stores: GitStore[] = [];
  const reopen = () => {
    const store = createGitStore({ dir: dir.path, clock: systemClock, log: silentLogger, metrics, ...options.store });
    stores.push(store);
    return store;
  };
  return {
    server,
    store: reopen(),
    dir: dir.path,
    reopen,
    processes: () => countProcesses(metrics),
    async [Symbol.asyncDispose]() {
      for (const store of stores) await store.close();
      await server[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

async function countProcesses(metrics: Registry): Promise<number> {
  const series = await metrics.getSingleMetric('windlass_git_processes_total')?.get();
  return (series?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}

export function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('utf8');
}
