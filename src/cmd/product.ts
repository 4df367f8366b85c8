import { join } from 'node:path';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { Registry } from '#base/metrics';
import { createApplicationController } from '#components/application-controller';
import type { ApplicationController, ApplicationControllerOptions } from '#components/application-controller';
import { createRepoServer } from '#components/repo-server';
import type { RepoServer } from '#core/contracts';
import { createGitStore } from '#libs/git';
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
  /** Rejects when a component fails for good. */
  readonly running: Promise<void>;
  stop(): Promise<void>;
}
