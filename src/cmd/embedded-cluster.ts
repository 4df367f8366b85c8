import { mkdirSync } from 'node:fs';
import type { Clock } from '#base/clock';
import type { LogLevel } from '#base/log';
import { startKubeApiserverWorker } from '#components/kube-apiserver';
import { createKubeClient, parseKubeconfig } from '#libs/kube';
import type { KubeClient } from '#libs/kube';

export interface EmbeddedCluster {
  readonly url: string;
  readonly kubeconfig: string;
  readonly client: KubeClient;
  close(): Promise<void>;
}

export interface EmbeddedClusterOptions {
  /** A directory, or ":memory:". */
  readonly dataDir: string;
  readonly port: number;
  readonly clock: Clock;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'text';
  /** Addresses for LoadBalancer Services and Ingresses. Default true: health waits for one. */
  readonly simulateLoadBalancers?: boolean;
}

/** The whole embedded Kubernetes in a thread of its own: API server, control loops, and the kubelet of one simulated node. */
export async function startEmbeddedCluster(options: EmbeddedClusterOptions): Promise<EmbeddedCluster> {
  const { dataDir, port, clock, logLevel, logFormat, simulateLoadBalancers = true } = options;
  if (dataDir !== ':memory:') mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const server = await startKubeApiserverWorker({ dataDir, port, logLevel, logFormat, simulateLoadBalancers });
  const client = createKubeClient(parseKubeconfig(server.kubeconfig), { clock });
  return {
    url: server.url,
    kubeconfig: server.kubeconfig,
    client,
    async close() {
      await client.close();
      await server.close();
    },
  };
}
