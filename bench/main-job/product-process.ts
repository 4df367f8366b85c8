// The product in a process of its own, so that its CPU, memory and calls are nobody else's. Answers "usage" over IPC.
import { join } from 'node:path';
import { systemClock } from '#base/clock';
import { createLogger } from '#base/log';
import { createRegistry } from '#base/metrics';
import { startProduct } from '#cmd/product';
import { createKubeClient, loadKubeconfig } from '#libs/kube';
import { callKey } from './call-counts.ts';
import { childrenCpuMs, pssMb } from './process-usage.ts';
import type { ProductUsage } from './process-usage.ts';
import { controlNamespace } from './workload.ts';

const [kubeconfig = '', dataDir = ''] = process.argv.slice(2);
const calls: Record<string, number> = {};
const client = createKubeClient(loadKubeconfig(kubeconfig), {
  onCall: (call) => {
    const key = callKey(call);
    calls[key] = (calls[key] ?? 0) + 1;
  },
});
const product = await startProduct({
  client,
  namespace: controlNamespace,
  cacheDir: join(dataDir, 'cache'),
  manifestsDir: join(dataDir, 'manifests'),
  clock: systemClock,
  log: createLogger({ level: 'error', format: 'text' }),
  metrics: createRegistry(),
  identity: 'bench',
  leaderElection: true,
});
process.on('message', (message) => {
  if (message === 'usage') process.send?.(readUsage());
  else void stop();
});
process.send?.('ready');

function readUsage(): ProductUsage {
  const { user, system } = process.cpuUsage();
  return {
    cpuMs: (user + system) / 1000,
    childrenCpuMs: childrenCpuMs(process.pid),
    rssMb: process.memoryUsage.rss() / 1024 / 1024,
    pssMb: pssMb(process.pid),
    calls: { ...calls },
  };
}

async function stop(): Promise<void> {
  await product.stop();
  await client.close();
  process.disconnect();
}
