import type { RepoServer } from '#core/contracts';
import type { ClusterConnection, KubeClient } from '#libs/kube';
import type { Invocation } from '../../program/invocation.ts';
import { findConnection } from '../connection-source.ts';
import type { Session } from '../session.ts';
import { CoreApplications } from './core-applications.ts';
import { CoreClusters } from './core-clusters.ts';
import type { CoreContext } from './core-context.ts';
import { createProjects } from './core-projects.ts';
import { createRepositories } from './core-repositories.ts';
import { DestinationClients } from './destination-clients.ts';
import { readConfigMap } from './read-config-map.ts';

export interface CoreSessionOptions {
  readonly connect: (connection: ClusterConnection) => KubeClient;
  readonly connectRepoServer?: (session: Session) => Promise<RepoServer>;
}

/** A session that talks to the Kubernetes API itself. Throws CLUSTER_NOT_FOUND, KUBECONFIG_INVALID. */
export function openCoreSession(invocation: Invocation, options: CoreSessionOptions): Promise<Session> {
  const { flags, env, cwd, clock, signal } = invocation;
  const { connection, namespace, origin, up } = findConnection({ flags, env, cwd });
  const { connectRepoServer } = options;
  const client = options.connect(connection);
  let repoServer: Promise<RepoServer> | undefined;
  const context: CoreContext = {
    client,
    namespace,
    clock,
    signal,
    requestTimeoutMs: flags.durationMs('request-timeout') || undefined,
    connect: options.connect,
    repoServer: connectRepoServer && (() => (repoServer ??= connectRepoServer(session))),
  };
  const destinations = new DestinationClients(context);
  const session: Session = {
    namespace,
    origin: `${connection.server} (${origin})`,
    webUrl: async () => up?.url ?? (await readConfigMap(context, 'argocd-cm'))['url']?.replace(/\/+$/, ''),
    applications: new CoreApplications(context, destinations),
    projects: createProjects(context),
    repositories: createRepositories(context),
    clusters: new CoreClusters(context, destinations),
    server: {
      kubernetesVersion: async () => (await client.version({ signal })).gitVersion,
      // What a running process found out when it started need not be found out again.
      rendererStatus: async () => up?.renderer ?? (await context.repoServer?.())?.rendererStatus({}, { signal }),
    },
    async close() {
      await destinations.close();
      await client.close();
    },
  };
  return Promise.resolve(session);
}
