// A process of its own that runs the product against a cluster and kills itself, as kill -9 does, at the n-th failpoint.
// usage: product-process.ts KUBECONFIG DATA_DIR FAIL_AT (0 = never)
import { systemClock } from '#base/clock';
import { createLogger } from '#base/log';
import { createRegistry } from '#base/metrics';
import { startProduct } from '#cmd/product';
import { createKubeClient, loadKubeconfig } from '#libs/kube';

const [kubeconfig = '', dataDir = '', failAt = '0'] = process.argv.slice(2);
let passed = 0;

const product = await startProduct({
  client: createKubeClient(loadKubeconfig(kubeconfig)),
  namespace: 'argocd',
  cacheDir: `${dataDir}/cache`,
  manifestsDir: `${dataDir}/manifests`,
  clock: systemClock,
  log: createLogger({ level: (process.env['KILL_LOG_LEVEL'] ?? 'warn') as 'warn', format: 'text' }),
  metrics: createRegistry(),
  identity: `process-${process.pid}`,
  leaderElection: false,
  failpoint(name) {
    passed++;
    if (passed !== Number(failAt)) return;
    process.stdout.write(`killed at ${name}\n`);
    process.kill(process.pid, 'SIGKILL');
    // The signal arrives before anything else happens.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
process.stdout.write('ready\n');
await product.running;
