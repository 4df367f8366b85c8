import { getPath } from '#base/json';
import type { KubeClient, KubeObject, ResourceType } from '#libs/kube';
import { isNotFound } from '#libs/kube';

const apps = { group: 'apps', version: 'v1', namespaced: true } as const;
const workloads: readonly ResourceType[] = [
  { ...apps, resource: 'statefulsets', kind: 'StatefulSet' },
  { ...apps, resource: 'deployments', kind: 'Deployment' },
];

const controllerName = 'argocd-application-controller';
const recentMs = 5 * 60_000;

export interface DetectionInput {
  readonly workloads: readonly KubeObject[];
  readonly applications: readonly KubeObject[];
  readonly nowMs: number;
}

/** Why it looks as if Argo CD reconciles the same Applications; undefined when it does not. Pure. */
export function detectArgoCd({ workloads, applications, nowMs }: DetectionInput): string | undefined {
  const running = workloads.find(
    (workload) => isController(workload) && Number(getPath(workload, 'status', 'readyReplicas') ?? 0) > 0,
  );
  if (running !== undefined) return `${running.kind} "${running.metadata.name}" of Argo CD has ready pods`;
  const written = applications.find((application) =>
    (application.metadata.managedFields ?? []).some(
      ({ manager, time }) => manager === controllerName && nowMs - Date.parse(time ?? '') < recentMs,
    ),
  );
  return written === undefined
    ? undefined
    : `Argo CD's controller wrote Application "${written.metadata.name}" less than 5 minutes ago`;
}

/** The workloads of a namespace that may be Argo CD's controller. A cluster that does not serve the kinds has none. */
export async function readWorkloads(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const lists = await Promise.all(
    workloads.map((type) =>
      client.list(type, { namespace, signal }).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      }),
    ),
  );
  return lists.flatMap((list) => list?.items ?? []);
}

function isController({ metadata }: KubeObject): boolean {
  return metadata.name === controllerName || metadata.labels?.['app.kubernetes.io/name'] === controllerName;
}
