import type { ClusterConnection as KubeConnection } from '#libs/kube';
import type { ClusterConnection } from './parse-cluster-secret.ts';

/** A cluster Secret's connection as the Kubernetes client wants it. */
export function toKubeConnection(cluster: ClusterConnection): KubeConnection {
  const { exec } = cluster;
  return {
    server: cluster.server,
    ...(cluster.caPem ? { caPem: cluster.caPem } : {}),
    ...(cluster.insecure ? { insecure: true } : {}),
    ...(cluster.serverName ? { tlsServerName: cluster.serverName } : {}),
    ...(cluster.proxyUrl ? { proxyUrl: cluster.proxyUrl } : {}),
    ...(cluster.bearerToken ? { token: cluster.bearerToken } : {}),
    ...(cluster.clientCert ? { clientCertPem: cluster.clientCert } : {}),
    ...(cluster.clientKey ? { clientKeyPem: cluster.clientKey } : {}),
    ...(cluster.username ? { username: cluster.username } : {}),
    ...(cluster.password ? { password: cluster.password } : {}),
    ...(exec
      ? {
          exec: {
            command: exec.command,
            args: exec.args,
            env: exec.env,
            apiVersion: exec.apiVersion,
            ...(exec.installHint ? { installHint: exec.installHint } : {}),
            ...(exec.provideClusterInfo ? { provideClusterInfo: true } : {}),
          },
        }
      : {}),
  };
}
