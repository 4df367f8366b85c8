import { startControllers } from '../../../src/components/kube-apiserver/controllers/index.ts';
import { startKubelet } from '../../../src/components/kube-apiserver/kubelet/index.ts';
import { startKubeApiserver } from '#components/kube-apiserver';
import { systemClock } from '#base/clock';
import type { Clock } from '#base/clock';
import { silentLogger } from '#base/log';
import type { KubeClient } from '#libs/kube';

export interface EmbeddedCluster {
  readonly client: KubeClient;
  close(): Promise<void>;
}

/** API server, controllers and a quick kubelet in this process; nothing is kept. */
export async function startEmbeddedCluster({
  clock = systemClock,
}: { readonly clock?: Clock } = {}): Promise<EmbeddedCluster> {
  const log = silentLogger;
  const server = await startKubeApiserver({ dataDir: ':memory:', port: 0, clock, log });
  const { client } = server;
  const controllers = await startControllers({ client, clock, log, rootCa: server.caPem });
  const kubelet = await startKubelet({ client, clock, log, readyAfterMs: 20, timing: { stopMs: 10 } });
  server.attachRuntime(kubelet.runtime);
  return {
    client,
    async close() {
      await kubelet.close();
      await controllers.close();
      await server.close();
    },
  };
}
