import type { Clock } from '#base/clock';
import type { RepoServer } from '#core/contracts';
import type { ClusterConnection, KubeClient } from '#libs/kube';

/** What the operations of core mode share. */
export interface CoreContext {
  /** Of the cluster that holds the control plane. */
  readonly client: KubeClient;
  readonly namespace: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** 0 waits for ever. */
  readonly requestTimeoutMs: number | undefined;
  readonly connect: (connection: ClusterConnection) => KubeClient;
  /** The renderer, connected at the first call; undefined where there is none. */
  readonly repoServer: (() => Promise<RepoServer>) | undefined;
}
