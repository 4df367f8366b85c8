import { startControllers } from '../../../src/components/kube-apiserver/controllers/index.ts';
import { startKubelet } from '../../../src/components/kube-apiserver/kubelet/index.ts';
import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import type { KubeClient } from '#libs/kube';
import { startControlPlane } from '#harness';

/** A real API server without its controller manager: ours do the work. */
export async function startOnRealServer(): Promise<{ readonly client: KubeClient; close(): Promise<void> }> {
  const plane = await startControlPlane({ controllers: false });
  const deps = { client: plane.client, clock: systemClock, log: silentLogger };
  const controllers = await startControllers(deps);
  const kubelet = await startKubelet({ ...deps, readyAfterMs: 20, timing: { stopMs: 10 } });
  return {
    client: plane.client,
    async close() {
      await kubelet.close();
      await controllers.close();
      await plane[Symbol.asyncDispose]();
    },
  };
}
