import type { Clock } from '#base/clock';
import { hashJson } from '#base/hash';
import type { Logger } from '#base/log';
import { createKubeClient } from '#libs/kube';
import type { ClusterConnection as KubeConnection, KubeClient } from '#libs/kube';
import type { ClusterChange } from '#core/engine';
import { toKubeConnection } from '#services/credentials';
import type { ClusterConnection } from '#services/credentials';
import type { ApplicationSettings } from '#services/settings';
import { LiveCluster } from '../live/live-cluster.ts';
import type { ClusterStatus } from '../options.ts';
import { inClusterName, inClusterServer } from './resolve-destination.ts';

export interface ClusterEntry {
  readonly server: string;
  readonly name: string;
  /** Project that owns the cluster, if one does. */
  readonly project: string | undefined;
  /** undefined: the control plane itself. */
  readonly connection: ClusterConnection | undefined;
}

export interface ClusterPoolOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly connect: ((connection: KubeConnection) => KubeClient) | undefined;
  readonly settings: () => ApplicationSettings;
  readonly connections: () => readonly ClusterConnection[];
  readonly changed: (server: string, change: ClusterChange) => void;
  /** Applications of that cluster must be looked at again. */
  readonly kindsChanged: (server: string) => void;
}

interface Open {
  readonly cluster: LiveCluster;
  readonly fingerprint: string;
  readonly users: Set<string>;
}

/** The destination clusters in use: opened for the first application that needs one, closed after the last. */
export class ClusterPool {
  readonly #options: ClusterPoolOptions;
  readonly #open = new Map<string, Open>();
  readonly #serverOf = new Map<string, string>();

  constructor(options: ClusterPoolOptions) {
    this.#options = options;
  }

  /** Every registered cluster, the control plane's own included. */
  entries(): readonly ClusterEntry[] {
    const registered = this.#options.connections().map((connection) => ({
      server: connection.server,
      name: connection.name,
      project: connection.project,
      connection,
    }));
    if (!this.#options.settings().isInClusterEnabled || registered.some(({ server }) => server === inClusterServer)) {
      return registered;
    }
    const own = { server: inClusterServer, name: inClusterName, project: undefined, connection: undefined };
    return [own, ...registered];
  }

  /** The cluster for an application, which uses no other from now on. Not started yet: `start` it. */
  use(user: string, entry: ClusterEntry): LiveCluster {
    if (this.#serverOf.get(user) !== entry.server) this.release(user);
    this.#serverOf.set(user, entry.server);
    const fingerprint = this.#fingerprint(entry);
    let open = this.#open.get(entry.server);
    if (open && open.fingerprint !== fingerprint) {
      this.#close(entry.server, open);
      open = { ...this.#openCluster(entry, fingerprint), users: open.users };
      this.#open.set(entry.server, open);
    }
    if (!open) {
      open = this.#openCluster(entry, fingerprint);
      this.#open.set(entry.server, open);
    }
    open.users.add(user);
    return open.cluster;
  }

  find(server: string): LiveCluster | undefined {
    return this.#open.get(server)?.cluster;
  }

  release(user: string): void {
    const server = this.#serverOf.get(user);
    this.#serverOf.delete(user);
    const open = server === undefined ? undefined : this.#open.get(server);
    if (server === undefined || open === undefined) return;
    open.users.delete(user);
    if (open.users.size > 0) return;
    this.#open.delete(server);
    this.#close(server, open);
  }

  usersOf(server: string): readonly string[] {
    return [...(this.#open.get(server)?.users ?? [])];
  }

  /** Servers whose Secret or settings are others than those their cluster was opened with. */
  outdated(): readonly string[] {
    const entries = new Map(this.entries().map((entry) => [entry.server, entry]));
    return [...this.#open].flatMap(([server, open]) => {
      const entry = entries.get(server);
      return entry !== undefined && this.#fingerprint(entry) === open.fingerprint ? [] : [server];
    });
  }

  clusters(): readonly LiveCluster[] {
    return [...this.#open.values()].map((open) => open.cluster);
  }

  status(): readonly ClusterStatus[] {
    return this.clusters().map((cluster) => cluster.status());
  }

  async stop(): Promise<void> {
    await Promise.all(this.clusters().map((cluster) => cluster.stop()));
    this.#open.clear();
  }

  #openCluster(entry: ClusterEntry, fingerprint: string): Open {
    const { clock, log, settings, connect = createKubeClient } = this.#options;
    const { connection, server, name } = entry;
    const { tracking, exclusions, inclusions } = settings();
    const cluster = new LiveCluster({
      server,
      name,
      client: connection === undefined ? this.#options.client : connect(toKubeConnection(connection)),
      namespaces: connection?.namespaces ?? [],
      clusterResources: connection?.clusterResources ?? true,
      settings: { exclusions, inclusions },
      tracking,
      clock,
      log,
      changed: (change) => this.#options.changed(server, change),
      kindsChanged: () => this.#options.kindsChanged(server),
    });
    return { cluster, fingerprint, users: new Set() };
  }

  #close(server: string, { cluster }: Open): void {
    const isOwnClient = cluster.client === this.#options.client;
    void cluster
      .stop()
      .then(() => (isOwnClient ? undefined : cluster.client.close()))
      .catch(() => this.#options.log.debug({ server }, 'Closing a cluster failed'));
  }

  /** Secrets are part of it, as hashes: a changed token opens the cluster anew. */
  #fingerprint({ connection }: ClusterEntry): string {
    const { tracking, exclusions, inclusions } = this.#options.settings();
    if (connection === undefined) return hashJson([tracking, exclusions, inclusions ?? null]);
    const { labels: _l, annotations: _a, bearerToken, password, clientKey, ...rest } = connection;
    const secrets = [bearerToken, password, clientKey].map((secret) => secret?.reveal() ?? '');
    return hashJson([rest, secrets, tracking, exclusions, inclusions ?? null]);
  }
}
