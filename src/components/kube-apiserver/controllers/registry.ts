import { startClusterRoleAggregation } from './accounts/cluster-role-aggregation.ts';
import { startServiceAccountController } from './accounts/service-account-controller.ts';
import { startCronJobController } from './cron-job/cron-job-controller.ts';
import { startDaemonSetController } from './daemon-set/daemon-set-controller.ts';
import { startDeploymentController } from './deployment/deployment-controller.ts';
import type { ControllerContext } from './framework/context.ts';
import { startGarbageCollector } from './garbage-collector/garbage-collector.ts';
import { startNamespaceController } from './namespace/namespace-controller.ts';
import { startJobController } from './job/job-controller.ts';
import { startDisruptionBudgetController } from './policy/disruption-budget-controller.ts';
import { startHorizontalPodAutoscalerController } from './policy/horizontal-pod-autoscaler-controller.ts';
import { startQuotaController } from './policy/quota-controller.ts';
import { startEndpointsController } from './service/endpoints-controller.ts';
import { startVolumeProtection } from './storage/volume-protection.ts';
import { startReplicaSetController } from './replica-set/replica-set-controller.ts';
import { startStatefulSetController } from './stateful-set/stateful-set-controller.ts';

/** Every controller that always runs; a new one is one line here. */
export const controllers: readonly ((context: ControllerContext) => void)[] = [
  startDeploymentController,
  startReplicaSetController,
  startStatefulSetController,
  startDaemonSetController,
  startJobController,
  startCronJobController,
  startServiceAccountController,
  startClusterRoleAggregation,
  startNamespaceController,
  startEndpointsController,
  startVolumeProtection,
  startDisruptionBudgetController,
  startHorizontalPodAutoscalerController,
  startQuotaController,
  startGarbageCollector,
];
