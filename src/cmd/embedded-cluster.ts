import { mkdirSync } from 'node:fs';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { Registry } from '#base/metrics';
import { startKubeApiserver } from '#components/kube-apiserver';
import { startControllers } from '#components/kube-apiserver/controllers';
import { startKubelet } from '#components/kube-apiserver/kubelet';
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
  readonly log: Logger;
  readonly metrics: Registry;
  /** Addresses for LoadBalancer Services and Ingresses. Default true: health waits for one. */
  readonly simulateLoadBalancers?: boolean;
}

/** The whole embedded Kubernetes: API server, control loops, and the kubelet of one simulated node. */
export async function startEmbeddedCluster(options: EmbeddedClusterOptions): Promise<EmbeddedCluster> {
  const { dataDir, port, clock, log, metrics, simulateLoadBalancers = true } = options;
  if (dataDir !== ':memory:') mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const server = await startKubeApiserver({
    dataDir,
    port,
    clock,
    log: log.child({ component: 'kube-apiserver' }),
    metrics,
  });
  const controllers = await startControllers({
    client: server.client,
    clock,
    log: log.child({ component: 'kube-controllers' }),
    metrics,
    simulateLoadBalancers,
  });
  const kubelet = await startKubelet({ client: server.client, clock, log: log.child({ component: 'kubelet' }) });
  server.attachRuntime(kubelet.runtime);
  return {
    url: server.url,
    kubeconfig: server.kubeconfig,
    client: server.client,
    async close() {
      await kubelet.close();
      await controllers.close();
      await server.close();
    },
  };
}
