import { toWindlassError, WindlassError } from '#base/errors';
import { parseClusterSecret } from '#services/credentials';
import type { ClusterConnection } from '#services/credentials';
import type { Cluster, ClusterOperations, ConnectionState, NewCluster } from '../session.ts';
import type { CoreContext } from './core-context.ts';
import { inClusterName, inClusterServer } from './destination-clients.ts';
import type { DestinationClients } from './destination-clients.ts';
import { fnv32a } from './fnv32a.ts';
import { removeSecret, storeSecret } from './managed-secret.ts';
import { SettingsCache } from './settings-cache.ts';

const testTimeoutMs = 10_000;

/** Clusters as labelled Secrets (`compatibility.md` h.6). */
export class CoreClusters implements ClusterOperations {
  readonly #context: CoreContext;
  readonly #destinations: DestinationClients;

  constructor(context: CoreContext, destinations: DestinationClients) {
    this.#context = context;
    this.#destinations = destinations;
  }

  async list(): Promise<readonly Cluster[]> {
    const known = (await this.#destinations.known()).map(toCluster);
    const { isInClusterEnabled } = await new SettingsCache(this.#context).current();
    if (!isInClusterEnabled || known.some(({ server }) => server === inClusterServer)) return known;
    return [{ name: inClusterName, server: inClusterServer, project: '', namespaces: [], labels: {} }, ...known];
  }

  async test(cluster: Cluster): Promise<ConnectionState> {
    try {
      const client = await this.#destinations.to({ server: cluster.server });
      const { gitVersion } = await client.version({ signal: this.#context.signal, timeoutMs: testTimeoutMs });
      return { status: 'Successful', message: '', version: gitVersion };
    } catch (error) {
      return { status: 'Failed', message: toWindlassError(error).message };
    }
  }

  async add(
    { fields, labels, annotations }: NewCluster,
    { isUpsert }: { readonly isUpsert: boolean },
  ): Promise<Cluster> {
    const { server = '' } = fields;
    const secret = await storeSecret(
      this.#context,
      { name: secretName(server), type: 'cluster', fields, labels, annotations },
      { isUpsert, what: `The cluster "${server}"` },
    );
    return toCluster(parseClusterSecret(secret).value);
  }

  async remove(serverOrName: string): Promise<Cluster> {
    const secrets = await this.#destinations.secrets();
    const wanted = serverOrName.replace(/\/+$/, '');
    const found = secrets
      .map((secret) => ({ secret, cluster: toCluster(parseClusterSecret(secret).value) }))
      .filter(({ cluster }) => cluster.server === wanted || cluster.name === serverOrName);
    const [first] = found;
    if (first === undefined) throw notFound(serverOrName);
    if (found.length > 1) throw ambiguous(serverOrName);
    await removeSecret(this.#context, first.secret);
    return first.cluster;
  }
}

function toCluster({ name, server, project = '', namespaces, labels }: ClusterConnection): Cluster {
  return { name, server, project, namespaces, labels };
}

/** `cluster-<host>-<hash>`, lower case, without port, colons of an IPv6 address as dashes. */
function secretName(server: string): string {
  const host = new URL(server).hostname
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
    .replaceAll(':', '-');
  return `cluster-${host}-${fnv32a(server)}`;
}

function notFound(serverOrName: string): WindlassError {
  return new WindlassError({
    code: 'CLUSTER_UNKNOWN',
    kind: 'NotFound',
    message: `There is no cluster "${serverOrName}".`,
    hint: 'See the known ones with "windlass cluster list".',
  });
}

function ambiguous(name: string): WindlassError {
  return new WindlassError({
    code: 'CLUSTER_AMBIGUOUS',
    kind: 'InvalidInput',
    message: `Several clusters are called "${name}".`,
    hint: 'Name it by its server URL.',
  });
}
