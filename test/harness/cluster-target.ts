import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '#base/clock';
import { tempDir } from '#base/tempdir';
import { startEmbeddedCluster } from '#cmd/embedded-cluster';
import type { KubeClient } from '#libs/kube';
import { startControlPlane } from './control-plane.ts';

export type ClusterKind = 'embedded' | 'real';

/** A cluster of either kind behind one shape: the same test runs on both, over HTTPS. */
export interface ClusterTarget extends AsyncDisposable {
  readonly kind: ClusterKind;
  readonly url: string;
  readonly kubeconfig: string;
  readonly client: KubeClient;
}

export interface ClusterTargetOptions {
  /** Give LoadBalancer Services and Ingresses an address, which a cluster without a cloud never does. Default false. */
  readonly simulateLoadBalancers?: boolean;
}

export async function startClusterTarget(
  kind: ClusterKind,
  options: ClusterTargetOptions = {},
): Promise<ClusterTarget> {
  if (kind === 'real') return Object.assign(await startControlPlane(), { kind });
  const directory = await tempDir('windlass-embedded-');
  const cluster = await startEmbeddedCluster({
    dataDir: ':memory:',
    port: 0,
    clock: systemClock,
    logLevel: 'error',
    logFormat: 'text',
    simulateLoadBalancers: options.simulateLoadBalancers ?? false,
  });
  const kubeconfig = join(directory.path, 'kubeconfig');
  await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
  return {
    kind,
    url: cluster.url,
    kubeconfig,
    client: cluster.client,
    async [Symbol.asyncDispose]() {
      await cluster.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}
