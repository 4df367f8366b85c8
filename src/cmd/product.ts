import { join } from 'node:path';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { Registry } from '#base/metrics';
import { createApplicationController } from '#components/application-controller';
import type { ApplicationController, ApplicationControllerOptions } from '#components/application-controller';
import { createRepoServer } from '#components/repo-server';
import type { RepoServer } from '#core/contracts';
import { createGitStore } from '#libs/git';
import { createRegistryClient } from '#libs/registry';
import type { KubeClient } from '#libs/kube';
import { createManifestStore } from '#services/manifest-store';

export interface ProductOptions {
  /** The cluster whose Applications are reconciled. */
  readonly client: KubeClient;
  readonly namespace: string;
  /** Mirrors, trees, unpacked tools. */
  readonly cacheDir: string;
  /** Rendered manifests; rollback needs them. */
  readonly manifestsDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly identity: string;
  readonly leaderElection: boolean;
  readonly takeOver?: boolean;
  readonly failpoint?: ApplicationControllerOptions['failpoint'];
}

export interface Product {
  readonly repoServer: RepoServer;
  readonly controller: ApplicationController;
  /** Resolves when the controller has ended, rejects when it failed for good. */
  readonly running: Promise<void>;
  stop(): Promise<void>;
}

/** Repo-server and application controller in this process, joined by the contract's in-process transport. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { client, namespace, cacheDir, manifestsDir, clock, log, metrics } = options;
  const gitStore = createGitStore({ dir: join(cacheDir, 'git'), clock, log: log.child({ component: 'git' }), metrics });
  const registry = createRegistryClient({ clock });
  const manifestStore = createManifestStore({ dir: manifestsDir, clock });
  const repoServer = createRepoServer({
    gitStore,
    registry,
    manifestStore,
    dataDir: join(cacheDir, 'repo-server'),
    clock,
    log: log.child({ component: 'repo-server' }),
    metrics,
  });
  const controller = createApplicationController({
    client,
    namespace,
    repoServer: repoServer.client,
    manifestStore,
    clock,
    log: log.child({ component: 'application-controller' }),
    metrics,
    identity: options.identity,
    leaderElection: options.leaderElection,
    ...(options.takeOver === undefined ? {} : { takeOver: options.takeOver }),
    ...(options.failpoint ? { failpoint: options.failpoint } : {}),
  });
  const abort = new AbortController();
  const running = controller.start(abort.signal);
  running.catch(() => undefined);
  await Promise.race([controller.ready, running]);
  return {
    repoServer: repoServer.client,
    controller,
    running,
    async stop() {
      await controller.stop();
      abort.abort(new DOMException('The product was stopped.', 'AbortError'));
      await running.catch(() => undefined);
      await repoServer.close();
      await registry.close();
      await gitStore.close();
    },
  };
}
