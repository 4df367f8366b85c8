import { createApplicationController } from '#components/application-controller';
import type { ApplicationController, ApplicationControllerOptions } from '#components/application-controller';
import type { RepoServer } from '#core/contracts';
import { startRepoServer } from './repo-server.ts';
import type { RepoServerRootOptions } from './repo-server.ts';

export type ProductOptions = RepoServerRootOptions & Omit<ApplicationControllerOptions, 'repoServer' | 'manifestStore'>;

export interface Product {
  readonly repoServer: RepoServer;
  readonly controller: ApplicationController;
  /** Resolves when the controller has ended, rejects when it failed for good. */
  readonly running: Promise<void>;
  stop(): Promise<void>;
}

/** Repo-server and application controller in this process, joined by the contract's in-process transport. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const repoServer = startRepoServer(options);
  const controller = createApplicationController({
    ...options,
    log: options.log.child({ component: 'application-controller' }),
    repoServer: repoServer.client,
    manifestStore: repoServer.manifestStore,
  });
  const running = controller.start(new AbortController().signal);
  running.catch(() => undefined);
  await Promise.race([controller.ready, running]);
  return {
    repoServer: repoServer.client,
    controller,
    running,
    async stop() {
      await controller.stop();
      await running.catch(() => undefined);
      await repoServer.close();
    },
  };
}
