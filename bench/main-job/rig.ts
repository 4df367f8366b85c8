import { systemClock } from '#base/clock';
import { tempDir } from '#base/tempdir';
import { installControlPlane } from '#cmd/install/install-control-plane';
import { startClusterTarget, startControlPlane, startGitServer } from '#harness';
import type { ClusterKind, GitServer, TestRepository } from '#harness';
import { createKubeClient, loadKubeconfig } from '#libs/kube';
import type { KubeClient } from '#libs/kube';
import { callKey, readServerCounts } from './call-counts.ts';
import type { CallCounts } from './call-counts.ts';
import { Observer } from './observer.ts';
import { findChildren, ownCpuMs } from './process-usage.ts';
import type { ProductUsage } from './process-usage.ts';
import { startProductProcess } from './start-product-process.ts';
import { applicationName, buildFiles, controlNamespace, destinationNamespace } from './workload.ts';

/** A cluster, a Git server with one repository, the product in its own process, and somebody who watches. */
export interface Rig extends AsyncDisposable {
  readonly kind: ClusterKind;
  readonly applications: number;
  readonly client: KubeClient;
  readonly observer: Observer;
  readonly git: GitServer;
  readonly repository: TestRepository & { readonly url: string };
  usage(): Promise<RigUsage>;
}

export interface RigUsage extends ProductUsage {
  readonly at: number;
  /** Calls that this process made. */
  readonly ownCalls: CallCounts;
  /** What the API server counted from everybody; undefined on the embedded one, which has no such series. */
  readonly serverCalls: CallCounts | undefined;
  /** CPU of kube-apiserver and etcd; undefined on the embedded one, which runs in this process. */
  readonly serverCpuMs: number | undefined;
}

export async function startRig(kind: ClusterKind, applications: number): Promise<Rig> {
  const stack = new AsyncDisposableStack();
  try {
    const directory = stack.use(await tempDir('windlass-bench-'));
    // Without controller manager, as Argo CD was measured: nobody else writes.
    const cluster = stack.use(
      kind === 'real' ? await startControlPlane({ controllers: false }) : await startClusterTarget('embedded'),
    );
    const servers = findChildren(['kube-apiserver', 'etcd']);
    const ownCalls: Record<string, number> = {};
    const client = createKubeClient(loadKubeconfig(cluster.kubeconfig), {
      onCall: (call) => {
        const key = callKey(call);
        ownCalls[key] = (ownCalls[key] ?? 0) + 1;
      },
    });
    stack.defer(() => client.close());
    await installControlPlane({
      client,
      namespace: controlNamespace,
      clock: systemClock,
      signal: new AbortController().signal,
    });
    await client.request('POST', '/api/v1/namespaces', {
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: destinationNamespace } },
    });
    const git = stack.use(await startGitServer());
    const repository = await git.createRepository('bench', allFiles(applications));
    const product = stack.use(await startProductProcess(cluster.kubeconfig, directory.path));
    const observer = stack.use(new Observer(client));
    await observer.start();
    return {
      kind,
      applications,
      client,
      observer,
      git,
      repository,
      async usage() {
        const serverCalls = kind === 'real' ? await readServerCounts(client) : undefined;
        const serverCpuMs = kind === 'real' ? servers.reduce((sum, pid) => sum + ownCpuMs(pid), 0) : undefined;
        const used = await product.usage();
        return { ...used, at: systemClock.monotonic(), ownCalls: { ...ownCalls }, serverCalls, serverCpuMs };
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function allFiles(applications: number) {
  const files = Array.from({ length: applications }, (_, index) => buildFiles(index, `${applicationName(index)}-0`));
  return Object.assign({ 'README.md': 'One repository for all.\n' }, ...files) as ReturnType<typeof buildFiles>;
}
