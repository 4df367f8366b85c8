import { join } from 'node:path';
import type { Clock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import type { Logger } from '#base/log';
import type { Registry } from '#base/metrics';
import { createRepoServer } from '#components/repo-server';
import type { RunningRepoServer } from '#components/repo-server';
import { createGitStore } from '#libs/git';
import { createRegistryClient } from '#libs/registry';
import { createManifestStore } from '#services/manifest-store';
import type { ManifestStore } from '#services/manifest-store';

export interface RepoServerRootOptions {
  /** Mirrors, trees, unpacked tools: all can be fetched again. */
  readonly cacheDir: string;
  /** Rendered manifests; rollback needs them. */
  readonly manifestsDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
}

export interface RepoServerRoot extends Pick<RunningRepoServer, 'client' | 'handlers'> {
  readonly manifestStore: ManifestStore;
  close(): Promise<void>;
}

/** The repo-server with its stores, in this process. */
export function startRepoServer({
  cacheDir,
  manifestsDir,
  clock,
  log,
  metrics,
}: RepoServerRootOptions): RepoServerRoot {
  const gitStore = createGitStore({ dir: join(cacheDir, 'git'), clock, log: log.child({ component: 'git' }), metrics });
  const registry = createRegistryClient({ clock });
  const manifestStore = createManifestStore({ dir: manifestsDir, clock });
  const server = createRepoServer({
    gitStore,
    registry,
    manifestStore,
    dataDir: join(cacheDir, 'repo-server'),
    clock,
    log: log.child({ component: 'repo-server' }),
    metrics,
  });
  const collectors = [
    () => server.collectGarbage(),
    async () => {
      await gitStore.collectGarbage();
    },
  ];
  const stopCollecting = collectGarbageHourly(collectors, { clock, log });
  return {
    client: server.client,
    handlers: server.handlers,
    manifestStore,
    async close() {
      stopCollecting();
      await server.close();
      await registry.close();
      await gitStore.close();
    },
  };
}

const everyMs = 3_600_000;

/** Runs the collectors one after the other about once an hour; returns how to stop that. */
function collectGarbageHourly(
  collectors: readonly (() => Promise<void>)[],
  { clock, log }: Pick<RepoServerRootOptions, 'clock' | 'log'>,
): () => void {
  let isStopped = false;
  let cancel = () => {};
  const collect = async () => {
    for (const run of collectors) {
      if (isStopped) return;
      await run().catch((error: unknown) => log.warn({ err: toWindlassError(error) }, 'Cannot clean the caches'));
    }
    if (!isStopped) wait();
  };
  const wait = () => {
    cancel = clock.after(everyMs * (0.9 + 0.2 * clock.random()), () => void collect());
  };
  wait();
  return () => {
    isStopped = true;
    cancel();
  };
}
