import type { GroupVersionKind, KubeObject } from '../objects.ts';
import * as api from './defaults/api-defaults.ts';
import * as core from './defaults/core-defaults.ts';
import type { DefaultsNode } from './defaults/defaults-node.ts';
import { fillDefaults } from './defaults/defaults-node.ts';
import { persistentVolumeClaim, pod, podTemplate } from './defaults/pod-defaults.ts';
import * as workloads from './defaults/workload-defaults.ts';

/** By "group/Kind"; versions that differ have an entry "group/version/Kind". */
const defaultsByKind: Readonly<Record<string, DefaultsNode>> = {
  '/Endpoints': core.endpoints,
  '/LimitRange': core.limitRange,
  '/Namespace': core.namespace,
  '/Node': core.node,
  '/PersistentVolume': core.persistentVolume,
  '/PersistentVolumeClaim': persistentVolumeClaim,
  '/Pod': pod,
  '/PodTemplate': { fields: { template: podTemplate } },
  '/ReplicationController': workloads.replicationController,
  '/ResourceQuota': core.resourceQuota,
  '/Secret': core.secret,
  '/Service': core.service,
  'apps/DaemonSet': workloads.daemonSet,
  'apps/Deployment': workloads.deployment,
  'apps/ReplicaSet': workloads.replicaSet,
  'apps/StatefulSet': workloads.statefulSet,
  'autoscaling/HorizontalPodAutoscaler': workloads.horizontalPodAutoscaler,
  'autoscaling/v1/HorizontalPodAutoscaler': workloads.horizontalPodAutoscalerV1,
  'batch/CronJob': workloads.cronJob,
  'batch/Job': workloads.job,
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': api.admissionPolicy,
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': api.admissionPolicyBinding,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': api.mutatingWebhooks,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': api.admissionPolicy,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': api.admissionPolicyBinding,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': api.validatingWebhooks,
  'apiextensions.k8s.io/CustomResourceDefinition': api.customResourceDefinition,
  'apiregistration.k8s.io/APIService': api.apiService,
  'discovery.k8s.io/EndpointSlice': api.endpointSlice,
  'flowcontrol.apiserver.k8s.io/FlowSchema': api.flowSchema,
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': api.priorityLevel,
  'networking.k8s.io/IngressClass': api.ingressClass,
  'networking.k8s.io/NetworkPolicy': api.networkPolicy,
  'rbac.authorization.k8s.io/ClusterRoleBinding': api.roleBinding,
  'rbac.authorization.k8s.io/RoleBinding': api.roleBinding,
  'resource.k8s.io/ResourceClaim': api.resourceClaim,
  'resource.k8s.io/ResourceClaimTemplate': api.resourceClaimTemplate,
  'scheduling.k8s.io/PriorityClass': api.priorityClass,
  'storage.k8s.io/CSIDriver': api.csiDriver,
  'storage.k8s.io/StorageClass': api.storageClass,
};

/**
 * The defaults that the API server fills in by code and that OpenAPI does not publish, for an object in the form of its compiled
 * type. What it allocates (cluster IPs, node ports, a Job's selector) is not a default. Shares structure with the input.
 */
export function builtinDefaults({ group, version, kind }: GroupVersionKind, object: KubeObject): KubeObject {
  const node = defaultsByKind[`${group}/${version}/${kind}`] ?? defaultsByKind[`${group}/${kind}`];
  return node === undefined ? object : (fillDefaults(node, object, object) as KubeObject);
}
