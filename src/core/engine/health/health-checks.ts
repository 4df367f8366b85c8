import type { GroupKind } from '#libs/kube';
import { formatGroupKind } from '#libs/kube';
import type { HealthCheck } from './health-check.ts';
import { apiService } from './kinds/api-service.ts';
import { daemonSet } from './kinds/daemon-set.ts';
import { deployment } from './kinds/deployment.ts';
import { horizontalPodAutoscaler } from './kinds/horizontal-pod-autoscaler.ts';
import { ingress } from './kinds/ingress.ts';
import { job } from './kinds/job.ts';
import { persistentVolumeClaim } from './kinds/persistent-volume-claim.ts';
import { pod } from './kinds/pod.ts';
import { replicaSet } from './kinds/replica-set.ts';
import { service } from './kinds/service.ts';
import { statefulSet } from './kinds/stateful-set.ts';
import { workflow } from './kinds/workflow.ts';

const checks: readonly HealthCheck[] = [
  deployment,
  statefulSet,
  daemonSet,
  replicaSet,
  pod,
  job,
  service,
  ingress,
  persistentVolumeClaim,
  horizontalPodAutoscaler,
  apiService,
  workflow,
];

const byKind: ReadonlyMap<string, HealthCheck> = new Map(
  checks.flatMap((check) => check.kinds.map((kind) => [formatGroupKind(kind), check] as const)),
);

/** The built-in check of a kind; undefined = the kind has no health. */
export function findHealthCheck(kind: GroupKind): HealthCheck | undefined {
  return byKind.get(formatGroupKind(kind));
}
