import { startControllers } from '../../../src/components/kube-apiserver/controllers/index.ts';
import { startKubelet } from '../../../src/components/kube-apiserver/kubelet/index.ts';
import type { Kubelet, ProcessMapping } from '../../../src/components/kube-apiserver/kubelet/index.ts';
import { startKubeApiserver } from '#components/kube-apiserver';
import { systemClock } from '#base/clock';
import type { Clock } from '#base/clock';
import { silentLogger } from '#base/log';
import type { KubeClient } from '#libs/kube';
import { countingClient } from './counting-client.ts';

export interface EmbeddedCluster {
  readonly client: KubeClient;
  readonly kubelet: Kubelet;
  /** What controllers and kubelet have written so far: "verb resource". */
  readonly written: readonly string[];
  close(): Promise<void>;
}

/** API server, controllers and a quick kubelet in this process; nothing is kept. */
export async function startEmbeddedCluster(
  options: { readonly clock?: Clock; readonly processes?: readonly ProcessMapping[]; readonly dataDir?: string } = {},
): Promise<EmbeddedCluster> {
  const { clock = systemClock, processes = [], dataDir = ':memory:' } = options;
  const log = silentLogger;
  const server = await startKubeApiserver({ dataDir, port: 0, clock, log });
  const { client, written } = countingClient(server.client);
  const controllers = await startControllers({ client, clock, log, rootCa: server.caPem });
  const timing = { stopMs: 10, runMs: 50, restartMs: 200 };
  const kubelet = await startKubelet({ client, clock, log, readyAfterMs: 20, timing, processes });
  server.attachRuntime(kubelet.runtime);
  return {
    client: server.client,
    kubelet,
    written,
    async close() {
      await kubelet.close();
      await controllers.close();
      await server.close();
    },
  };
}
