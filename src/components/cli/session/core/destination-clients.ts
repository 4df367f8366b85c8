import { WindlassError } from '#base/errors';
import type { Application, ApplicationDestination } from '#core/api';
import type { KubeClient, KubeObject, ResourceType } from '#libs/kube';
import { parseClusterSecret, secretTypeLabel, toKubeConnection } from '#services/credentials';
import type { ClusterConnection } from '#services/credentials';
import type { CoreContext } from './core-context.ts';

export const inClusterServer = 'https://kubernetes.default.svc';
export const inClusterName = 'in-cluster';

export const secretType: ResourceType = {
  group: '',
  version: 'v1',
  resource: 'secrets',
  kind: 'Secret',
  namespaced: true,
};

/** Clients of the clusters that applications are deployed to, one each. */
export class DestinationClients {
  readonly #context: CoreContext;
  readonly #clients = new Map<string, KubeClient>();
  #known: Promise<readonly ClusterConnection[]> | undefined;

  constructor(context: CoreContext) {
    this.#context = context;
  }

  /** The client of an application's cluster. Throws DESTINATION_UNKNOWN. */
  of(application: Application): Promise<KubeClient> {
    return this.to(application.spec.destination);
  }

  async to({ server = '', name = '' }: ApplicationDestination): Promise<KubeClient> {
    const wanted = server.replace(/\/+$/, '');
    const known = await this.known();
    const found = known.find((cluster) => (wanted === '' ? cluster.name === name : cluster.server === wanted));
    if (found === undefined && (wanted === inClusterServer || name === inClusterName)) return this.#context.client;
    if (found === undefined) throw unknownDestination(server || name);
    return this.connectTo(found);
  }

  connectTo(cluster: ClusterConnection): KubeClient {
    if (cluster.server === inClusterServer) return this.#context.client;
    const existing = this.#clients.get(cluster.server);
    if (existing) return existing;
    const client = this.#context.connect(toKubeConnection(cluster));
    this.#clients.set(cluster.server, client);
    return client;
  }

  /** The clusters that Secrets describe (`compatibility.md` h.6). */
  known(): Promise<readonly ClusterConnection[]> {
    return (this.#known ??= this.secrets().then((secrets) =>
      secrets.map((secret) => parseClusterSecret(secret).value),
    ));
  }

  async secrets(): Promise<readonly KubeObject[]> {
    const { client, namespace, signal } = this.#context;
    return (await client.list(secretType, { namespace, labelSelector: `${secretTypeLabel}=cluster`, signal })).items;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }
}

function unknownDestination(destination: string): WindlassError {
  return new WindlassError({
    code: 'DESTINATION_UNKNOWN',
    kind: 'FailedPrecondition',
    message: `The destination cluster "${destination}" is not known.`,
    hint: 'See the known ones with "windlass cluster list"; add one with "windlass cluster add".',
  });
}
