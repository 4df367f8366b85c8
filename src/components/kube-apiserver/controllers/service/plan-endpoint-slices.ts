import type { KubeObject } from '#libs/kube';
import { canonicalJson } from '#base/hash';
import { deepEqual } from '#base/json';
import { controllerReference } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import type { EndpointSlice, Service } from '../kinds/service.ts';
import { isHeadless, serviceBackends, toEndpoint } from './service-backends.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';
export const sliceManager = 'endpointslice-controller.k8s.io';
const changeTime = 'endpoints.kubernetes.io/last-change-trigger-time';
const maxEndpoints = 100;

export interface SlicePlan {
  readonly create: readonly KubeObject[];
  readonly update: readonly EndpointSlice[];
  readonly delete: readonly EndpointSlice[];
}

type SliceContent = Pick<EndpointSlice, 'endpoints' | 'ports'>;

/** The changes that make a service's slices show its pods: a slice with the same ports is reused. */
export function planEndpointSlices(
  service: Service,
  pods: readonly Pod[],
  existing: readonly EndpointSlice[],
  time: string,
): SlicePlan {
  const create: KubeObject[] = [];
  const update: EndpointSlice[] = [];
  const free = [...existing];
  for (const content of sliceContents(service, pods)) {
    const at = free.findIndex((slice) => canonicalJson(slice.ports ?? []) === canonicalJson(content.ports ?? []));
    const slice = at < 0 ? free.pop() : free.splice(at, 1)[0];
    const labels = buildLabels(service);
    if (!slice) create.push(buildSlice(service, content, { labels, time }));
    else if (!isSame(slice, content) || !deepEqual(slice.metadata.labels, labels)) {
      update.push({
        ...slice,
        ...content,
        metadata: { ...slice.metadata, labels, annotations: { ...slice.metadata.annotations, [changeTime]: time } },
      });
    }
  }
  return { create, update, delete: free };
}

/** A service without pods still has one empty slice. */
function sliceContents(service: Service, pods: readonly Pod[]): SliceContent[] {
  const contents = serviceBackends(service, pods).flatMap(({ ports, backends }) => {
    const pages = Array.from({ length: Math.ceil(backends.length / maxEndpoints) }, (_, n) =>
      backends.slice(n * maxEndpoints, (n + 1) * maxEndpoints),
    );
    return pages.map((page) => ({
      ports: ports.length > 0 ? [...ports] : null,
      endpoints: page.map((backend) => toEndpoint(service, backend)),
    }));
  });
  return contents.length > 0 ? contents : [{ ports: null, endpoints: null }];
}

function isSame(slice: EndpointSlice, content: SliceContent): boolean {
  return deepEqual(slice.endpoints ?? [], content.endpoints ?? []) && deepEqual(slice.ports ?? [], content.ports ?? []);
}

function buildLabels(service: Service): Record<string, string> {
  return {
    ...service.metadata.labels,
    'endpointslice.kubernetes.io/managed-by': sliceManager,
    [serviceNameLabel]: service.metadata.name,
    ...(isHeadless(service) ? { 'service.kubernetes.io/headless': '' } : {}),
  };
}

function buildSlice(
  service: Service,
  content: SliceContent,
  { labels, time }: { labels: Record<string, string>; time: string },
): KubeObject {
  const { name, namespace } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: { [changeTime]: time },
      ownerReferences: [controllerReference(service)],
    },
    addressType: 'IPv4',
    ...content,
  };
}
