import type { LiveObject, Resource } from './live-object.ts';
import type { CronJob, Job } from './batch.ts';
import type { Pod } from './pod.ts';
import type { Endpoints, EndpointSlice, Service } from './service.ts';
import type {
  ControllerRevision,
  DaemonSet,
  Deployment,
  PersistentVolumeClaim,
  ReplicaSet,
  StatefulSet,
} from './workloads.ts';

function core<T extends LiveObject>(resource: string, kind: string, namespaced = true): Resource<T> {
  return Object.freeze({ group: '', version: 'v1', resource, kind, namespaced });
}

function grouped<T extends LiveObject>(api: string, resource: string, kind: string, namespaced = true): Resource<T> {
  const [group = '', version = ''] = api.split('/');
  return Object.freeze({ group, version, resource, kind, namespaced });
}

export const namespaces = core<LiveObject>('namespaces', 'Namespace', false);
export const nodes = core<LiveObject>('nodes', 'Node', false);
export const pods = core<Pod>('pods', 'Pod');
export const events = core<LiveObject>('events', 'Event');
export const services = core<Service>('services', 'Service');
export const endpoints = core<Endpoints>('endpoints', 'Endpoints');
export const configMaps = core<LiveObject>('configmaps', 'ConfigMap');
export const secrets = core<LiveObject>('secrets', 'Secret');
export const serviceAccounts = core<LiveObject>('serviceaccounts', 'ServiceAccount');
export const resourceQuotas = core<LiveObject>('resourcequotas', 'ResourceQuota');
export const persistentVolumeClaims = core<PersistentVolumeClaim>('persistentvolumeclaims', 'PersistentVolumeClaim');
export const persistentVolumes = core<LiveObject>('persistentvolumes', 'PersistentVolume', false);

export const deployments = grouped<Deployment>('apps/v1', 'deployments', 'Deployment');
export const replicaSets = grouped<ReplicaSet>('apps/v1', 'replicasets', 'ReplicaSet');
export const statefulSets = grouped<StatefulSet>('apps/v1', 'statefulsets', 'StatefulSet');
export const daemonSets = grouped<DaemonSet>('apps/v1', 'daemonsets', 'DaemonSet');
export const controllerRevisions = grouped<ControllerRevision>('apps/v1', 'controllerrevisions', 'ControllerRevision');

export const jobs = grouped<Job>('batch/v1', 'jobs', 'Job');
export const cronJobs = grouped<CronJob>('batch/v1', 'cronjobs', 'CronJob');

export const endpointSlices = grouped<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice');
export const ingresses = grouped<LiveObject>('networking.k8s.io/v1', 'ingresses', 'Ingress');
export const storageClasses = grouped<LiveObject>('storage.k8s.io/v1', 'storageclasses', 'StorageClass', false);
export const horizontalPodAutoscalers = grouped<LiveObject>(
  'autoscaling/v2',
  'horizontalpodautoscalers',
  'HorizontalPodAutoscaler',
);
export const podDisruptionBudgets = grouped<LiveObject>('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget');
export const clusterRoles = grouped<LiveObject>('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', false);
export const leases = grouped<LiveObject>('coordination.k8s.io/v1', 'leases', 'Lease');
export const customResourceDefinitions = grouped<LiveObject>(
  'apiextensions.k8s.io/v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
  false,
);
export const apiServices = grouped<LiveObject>('apiregistration.k8s.io/v1', 'apiservices', 'APIService', false);
