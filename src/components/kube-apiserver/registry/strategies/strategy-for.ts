import { readFileSync } from 'node:fs';
import type { DiscoveredResource } from '../../resources/api-documents.ts';
import type { Strategy } from '../strategy.ts';
import { defaultStrategy } from '../strategy.ts';
import { configMapStrategy, secretStrategy } from './config.ts';
import { namespaceStrategy } from './namespace.ts';
import { nodeStrategy } from './node.ts';
import { podStrategy } from './pod.ts';
import { rbacBindingStrategy, rbacRoleStrategy } from './rbac.ts';
import { signingRequestStrategy } from './signing-request.ts';
import { serviceStrategy } from './service.ts';
import {
  persistentVolumeClaimStrategy,
  persistentVolumeStrategy,
  storageClassStrategy,
  volumeAttributesClassStrategy,
} from './storage.ts';
import {
  daemonSetStrategy,
  deploymentStrategy,
  replicaSetStrategy,
  replicationControllerStrategy,
  statefulSetStrategy,
} from './workloads.ts';
import { cronJobStrategy, jobStrategy } from './jobs.ts';
import { ingressStrategy, networkPolicyStrategy } from './networking.ts';
import { apiServiceStrategy } from './api-service.ts';
import { priorityClassStrategy } from './priority-class.ts';
import { autoscalerStrategy, disruptionBudgetStrategy } from './scaling.ts';
import { customResourceDefinitionStrategy } from './custom-resource-definition.ts';

/** What was learnt from a real server about each kind. */
interface Traits {
  readonly generation: boolean;
  readonly deleteAnswersObject: boolean;
  readonly unconditionalUpdate: boolean;
  readonly createsOnUpdate: boolean;
}

const traits = JSON.parse(
  readFileSync(new URL('../../resources/generated/traits.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Traits>>;

/** Kind by kind, what differs from the default. */
const special: Readonly<Record<string, Partial<Strategy>>> = {
  configmaps: configMapStrategy,
  secrets: secretStrategy,
  namespaces: namespaceStrategy,
  nodes: nodeStrategy,
  pods: podStrategy,
  services: serviceStrategy,
  persistentvolumes: persistentVolumeStrategy,
  persistentvolumeclaims: persistentVolumeClaimStrategy,
  replicationcontrollers: replicationControllerStrategy,
  'storageclasses.storage.k8s.io': storageClassStrategy,
  'volumeattributesclasses.storage.k8s.io': volumeAttributesClassStrategy,
  'certificatesigningrequests.certificates.k8s.io': signingRequestStrategy,
  events: { ignoresPropagation: true },
  'events.events.k8s.io': { ignoresPropagation: true },
  'volumeattachments.storage.k8s.io': { statusKeepsMetadata: true },
  'servicecidrs.networking.k8s.io': { statusKeepsMetadata: true },
  'validatingadmissionpolicies.admissionregistration.k8s.io': { statusKeepsMetadata: true },
  'resourceclaims.resource.k8s.io': { statusKeepsMetadata: true },
  'flowschemas.flowcontrol.apiserver.k8s.io': { statusKeepsMetadata: true },
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': { statusKeepsMetadata: true },
  'endpointslices.discovery.k8s.io': { countsMetadata: 'labels' },
  'deployments.apps': deploymentStrategy,
  'replicasets.apps': replicaSetStrategy,
  'statefulsets.apps': statefulSetStrategy,
  'daemonsets.apps': daemonSetStrategy,
  'jobs.batch': jobStrategy,
  'cronjobs.batch': cronJobStrategy,
  'ingresses.networking.k8s.io': ingressStrategy,
  'networkpolicies.networking.k8s.io': networkPolicyStrategy,
  'ipaddresses.networking.k8s.io': { nameRule: 'none' },
  'horizontalpodautoscalers.autoscaling': autoscalerStrategy,
  'poddisruptionbudgets.policy': disruptionBudgetStrategy,
  'apiservices.apiregistration.k8s.io': apiServiceStrategy,
  'priorityclasses.scheduling.k8s.io': priorityClassStrategy,
  'customresourcedefinitions.apiextensions.k8s.io': customResourceDefinitionStrategy,
  'roles.rbac.authorization.k8s.io': rbacRoleStrategy,
  'clusterroles.rbac.authorization.k8s.io': rbacRoleStrategy,
  'rolebindings.rbac.authorization.k8s.io': rbacBindingStrategy,
  'clusterrolebindings.rbac.authorization.k8s.io': rbacBindingStrategy,
};

export function strategyFor(group: string, { resource, subresources = [] }: DiscoveredResource): Strategy {
  const key = group === '' ? resource : `${resource}.${group}`;
  const learnt = traits[key];
  return Object.freeze({
    ...defaultStrategy,
    hasGeneration: learnt?.generation ?? false,
    hasStatus: subresources.some(({ subresource }) => subresource === 'status'),
    createsOnUpdate: learnt?.createsOnUpdate ?? false,
    unconditionalUpdate: learnt?.unconditionalUpdate ?? true,
    deleteAnswersObject: learnt?.deleteAnswersObject ?? false,
    ...special[key],
  });
}
