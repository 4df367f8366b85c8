import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { Registry } from '#base/metrics';
import type { RepoServer } from '#core/contracts';
import type { ClusterConnection, KubeClient } from '#libs/kube';
import type { ManifestStore } from '#services/manifest-store';

export interface ApplicationControllerOptions {
  /** The control plane: where Applications, projects, ConfigMaps and Secrets live; `in-cluster` as a destination. */
  readonly client: KubeClient;
  readonly namespace: string;
  readonly repoServer: RepoServer;
  /** Keeps the rendered objects of deployments, so that a rollback needs no Git. */
  readonly manifestStore: ManifestStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  /** Unique per process: holder of the Lease, reporter of Events. */
  readonly identity: string;
  readonly leaderElection: boolean;
  /** Write although a running Argo CD controller was seen. */
  readonly takeOver?: boolean;
  /**
   * Called before and after every write to an API server, named `<before|after>-<what>`: status, apply, create, replace, migrate,
   * prune, delete-hook, release-hook, cascade, finalizers, project, event. A test ends the process there.
   */
  readonly failpoint?: (name: string) => void | Promise<void>;
  /** How long the slow re-verification takes for all kinds of all clusters. Default 10 minutes. */
  readonly verifyPeriodMs?: number;
  /** Makes the client of a cluster from a labelled Secret. Default: over HTTPS. */
  readonly connect?: (connection: ClusterConnection) => KubeClient;
}

export interface ControllerStatus {
  readonly isLeading: boolean;
  /** Why nothing is written although this process leads; undefined when it writes. */
  readonly readOnlyReason: string | undefined;
  readonly applications: number;
  readonly queueDepth: number;
  readonly clusters: readonly ClusterStatus[];
  /** Settings that have no effect, in words. */
  readonly warnings: readonly string[];
}

export interface ClusterStatus {
  readonly server: string;
  readonly isReady: boolean;
  readonly version: string;
  readonly watchedKinds: number;
  readonly objects: number;
  /** Kinds that could not be read, and why. */
  readonly problems: readonly string[];
}

export interface ApplicationController {
  /** Runs until the signal aborts or `stop` is called; resolves when everything has ended. */
  start(signal: AbortSignal): Promise<void>;
  /** Resolves when the caches of the control plane are filled. */
  readonly ready: Promise<void>;
  status(): ControllerStatus;
  /** Asks for a reconcile of one application now, as a verified webhook does. */
  refresh(namespace: string, name: string): void;
  stop(): Promise<void>;
}
