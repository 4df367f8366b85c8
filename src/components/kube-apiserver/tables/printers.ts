import * as core from './core-printers.ts';
import * as platform from './platform-printers.ts';
import { printPod } from './pod-printer.ts';
import type { Printer } from './printer.ts';
import { ageOf, nameOf } from './printer.ts';
import * as workload from './workload-printers.ts';
import { fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';

/** Kinds without a printer of their own show name and creation time. */
export const printDefault: Printer = (object) => [nameOf(object), object.metadata.creationTimestamp ?? ''];

const printers: Readonly<Record<string, Printer>> = {
  componentstatuses: core.printComponentStatus,
  configmaps: core.printConfigMap,
  endpoints: core.printEndpoints,
  events: core.printEvent,
  'events.events.k8s.io': core.printEvent,
  namespaces: core.printNamespace,
  nodes: core.printNode,
  persistentvolumeclaims: core.printClaim,
  persistentvolumes: core.printVolume,
  pods: printPod,
  podtemplates: workload.printPodTemplate,
  replicationcontrollers: workload.printReplicaSet,
  resourcequotas: core.printQuota,
  secrets: core.printSecret,
  serviceaccounts: core.printPlain,
  services: core.printService,
  'apiservices.apiregistration.k8s.io': platform.printApiService,
  'controllerrevisions.apps': workload.printControllerRevision,
  'daemonsets.apps': workload.printDaemonSet,
  'deployments.apps': workload.printDeployment,
  'replicasets.apps': workload.printReplicaSet,
  'statefulsets.apps': workload.printStatefulSet,
  'horizontalpodautoscalers.autoscaling': workload.printAutoscaler,
  'cronjobs.batch': workload.printCronJob,
  'jobs.batch': workload.printJob,
  'certificatesigningrequests.certificates.k8s.io': platform.printSigningRequest,
  'ingressclasses.networking.k8s.io': platform.printIngressClass,
  'ingresses.networking.k8s.io': platform.printIngress,
  'ipaddresses.networking.k8s.io': platform.printIpAddress,
  'networkpolicies.networking.k8s.io': platform.printNetworkPolicy,
  'servicecidrs.networking.k8s.io': platform.printServiceCidr,
  'poddisruptionbudgets.policy': workload.printDisruptionBudget,
  'clusterrolebindings.rbac.authorization.k8s.io': platform.printRoleBinding,
  'rolebindings.rbac.authorization.k8s.io': platform.printRoleBinding,
  'csidrivers.storage.k8s.io': platform.printCsiDriver,
  'csinodes.storage.k8s.io': (object, now) => [
    nameOf(object),
    listOf(fieldsOf(object, 'spec'), 'drivers').length,
    ageOf(object, now),
  ],
  'storageclasses.storage.k8s.io': platform.printStorageClass,
  'volumeattachments.storage.k8s.io': platform.printVolumeAttachment,
  'volumeattributesclasses.storage.k8s.io': (object, now) => [
    nameOf(object),
    textOf(object, 'driverName'),
    ageOf(object, now),
  ],
  'mutatingadmissionpolicies.admissionregistration.k8s.io': platform.printAdmissionPolicy,
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': platform.printAdmissionBinding,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': platform.printWebhooks,
  'validatingadmissionpolicies.admissionregistration.k8s.io': platform.printAdmissionPolicy,
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': platform.printAdmissionBinding,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': platform.printWebhooks,
  'priorityclasses.scheduling.k8s.io': platform.printPriorityClass,
  'leases.coordination.k8s.io': platform.printLease,
  'runtimeclasses.node.k8s.io': (object, now) => [nameOf(object), textOf(object, 'handler'), ageOf(object, now)],
  'endpointslices.discovery.k8s.io': platform.printEndpointSlice,
  'deviceclasses.resource.k8s.io': core.printPlain,
  'resourceclaimtemplates.resource.k8s.io': core.printPlain,
  'resourceclaims.resource.k8s.io': platform.printResourceClaim,
  'resourceslices.resource.k8s.io': platform.printResourceSlice,
  'flowschemas.flowcontrol.apiserver.k8s.io': platform.printFlowSchema,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': platform.printPriorityLevel,
};

export function printerFor(group: string, resource: string): Printer {
  return printers[group === '' ? resource : `${resource}.${group}`] ?? printDefault;
}
