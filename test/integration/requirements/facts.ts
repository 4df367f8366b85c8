import { getPath } from '#base/json';
import type { ApplicationStatus } from '#core/api';
import { loadKubeconfig } from '#libs/kube';
import type { KubeClient, KubeObject } from '#libs/kube';
import { types } from './manifests.ts';

function statusOf(app: KubeObject | undefined): ApplicationStatus | undefined {
  return app?.['status'] as ApplicationStatus | undefined;
}

export function isSynced(app: KubeObject | undefined): boolean {
  const status = statusOf(app);
  return (
    status?.sync?.status === 'Synced' &&
    status.operationState?.phase === 'Succeeded' &&
    app?.metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined
  );
}

export function isSyncedAt(app: KubeObject | undefined, revision: string): boolean {
  return isSynced(app) && statusOf(app)?.sync?.revision === revision;
}

export function isReady(app: KubeObject | undefined): boolean {
  return isSynced(app) && statusOf(app)?.health?.status === 'Healthy';
}

/** `Kind/name Status` of every resource, sorted. */
export function resourcesOf(app: KubeObject | undefined): string[] {
  return (statusOf(app)?.resources ?? []).map(({ kind, name, status }) => `${kind}/${name} ${status}`).toSorted();
}

export function conditionsOf(app: KubeObject | undefined): string[] {
  return (statusOf(app)?.conditions ?? []).map(({ type }) => type);
}

/** Every wanted pod runs the newest template and is available; nothing older is left. */
export function isRolledOut(deployment: KubeObject | undefined, replicas: number): boolean {
  const status = deployment?.['status'];
  const count = (field: string) => getPath(status, field) ?? 0;
  return (
    getPath(deployment, 'spec', 'replicas') === replicas &&
    count('observedGeneration') === deployment?.metadata.generation &&
    count('replicas') === replicas &&
    count('updatedReplicas') === replicas &&
    count('availableReplicas') === replicas
  );
}

/** The lowest number of available replicas of staging's Deployment at any moment until the signal. */
export async function lowestAvailability(client: KubeClient, signal: AbortSignal): Promise<number> {
  const scope = { namespace: 'staging', fieldSelector: 'metadata.name=message-app' };
  const list = await client.list(types.deployment, scope);
  let lowest = availableOf(list.items[0]);
  try {
    const resourceVersion = list.metadata.resourceVersion ?? '';
    for await (const event of client.watch(types.deployment, { ...scope, resourceVersion, signal })) {
      if (event.type === 'MODIFIED') lowest = Math.min(lowest, availableOf(event.object));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return lowest;
}

function availableOf(deployment: KubeObject | undefined): number {
  return Number(getPath(deployment, 'status', 'availableReplicas') ?? 0);
}

/** The images of the pods behind staging's Service, when its Endpoints name exactly those pods. */
export async function imagesBehindService(client: KubeClient): Promise<readonly string[] | undefined> {
  const [endpoints, pods] = await Promise.all([
    client.get(types.endpoints, 'message-app', { namespace: 'staging' }),
    client.list(types.pod, { namespace: 'staging', labelSelector: 'app=message-app' }),
  ]);
  const subsets = (endpoints['subsets'] ?? []) as { addresses?: { ip: string }[] }[];
  const addresses = subsets.flatMap((subset) => subset.addresses ?? []).map(({ ip }) => ip);
  const living = pods.items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const ips = living.map((pod) => String(getPath(pod, 'status', 'podIP')));
  if (addresses.toSorted().join() !== ips.toSorted().join()) return undefined;
  return living.map((pod) => String(getPath(pod, 'spec', 'containers', 0, 'image')));
}

/** What a cluster Secret says of a cluster that a kubeconfig file names. */
export function clusterConfig(kubeconfig: string): object {
  const { token, caPem = '' } = loadKubeconfig(kubeconfig);
  const caData = Buffer.from(caPem).toString('base64');
  return { bearerToken: token?.reveal(), tlsClientConfig: { insecure: false, caData } };
}
