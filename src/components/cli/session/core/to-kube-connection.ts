import type { ClusterConnection as KubeConnection } from '#libs/kube';
import type { ClusterConnection } from '#services/credentials';

/** How the Kubernetes client reaches a cluster that a Secret describes. */
export function toKubeConnection(cluster: ClusterConnection): KubeConnection {
  const parts = {
    caPem: cluster.caPem,
    insecure: cluster.insecure,
    tlsServerName: cluster.serverName,
    proxyUrl: cluster.proxyUrl,
    token: cluster.bearerToken,
    clientCertPem: cluster.clientCert,
    clientKeyPem: cluster.clientKey,
    username: cluster.username,
    password: cluster.password,
    exec: cluster.exec,
  };
  const given = Object.entries(parts).filter(([, value]) => value !== undefined && value !== '');
  return { server: cluster.server, ...(Object.fromEntries(given) as Partial<KubeConnection>) };
}
