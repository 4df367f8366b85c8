import type { KubeObject } from '#libs/kube';
import type { Pod } from '../kinds/pod.ts';
import type { EndpointAddress, EndpointSubset, Service } from '../kinds/service.ts';
import type { Backend } from './service-backends.ts';
import { isHeadless, serviceBackends } from './service-backends.ts';

/** The older Endpoints object of a service; terminating pods are not in it. */
export function buildSubsets(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const isPublished = service.spec.publishNotReadyAddresses === true;
  return serviceBackends(service, pods).flatMap(({ ports, backends }) => {
    const staying = backends.filter((backend) => isPublished || !backend.isTerminating);
    const ready = staying.filter(({ isReady }) => isPublished || isReady).map(toAddress);
    const notReady = staying.filter(({ isReady }) => !isPublished && !isReady).map(toAddress);
    if (staying.length === 0) return [];
    // An unnamed port has no name here, while a slice's has an empty one.
    const plain = ports.map(({ name, ...port }) => (name ? { name, ...port } : port));
    return [
      {
        ...(ready.length > 0 ? { addresses: ready } : {}),
        ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
        ...(plain.length > 0 ? { ports: plain } : {}),
      },
    ];
  });
}

function toAddress({ ip, hostname, nodeName, target }: Backend): EndpointAddress {
  return {
    ip,
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: target,
  };
}

export function endpointsLabels(service: Service): Record<string, string> {
  return {
    ...service.metadata.labels,
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    ...(isHeadless(service) ? { 'service.kubernetes.io/headless': '' } : {}),
  };
}

export function buildEndpoints(service: Service, subsets: readonly EndpointSubset[], time: string): KubeObject {
  const { name, namespace } = service.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: endpointsLabels(service),
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': time },
    },
    ...(subsets.length > 0 ? { subsets: [...subsets] } : {}),
  };
}
