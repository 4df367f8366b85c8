import { canonicalJson } from '#base/hash';
import { compareText, isTerminating } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { isPodFinished, isPodReady } from '../kinds/pod.ts';
import type { Endpoint, EndpointPort, ObjectRef, Service, ServicePort } from '../kinds/service.ts';

/** A pod behind a service. */
export interface Backend {
  readonly ip: string;
  readonly isReady: boolean;
  readonly isTerminating: boolean;
  readonly hostname: string | undefined;
  readonly nodeName: string | undefined;
  readonly target: ObjectRef;
}

/** Pods that give the service's ports the same numbers. */
export interface BackendGroup {
  readonly ports: readonly EndpointPort[];
  readonly backends: readonly Backend[];
}

export function isHeadless(service: Service): boolean {
  return service.spec.clusterIP === 'None';
}

/** The pods behind a service, grouped by what its ports resolve to, in order of address. */
export function serviceBackends(service: Service, pods: readonly Pod[]): BackendGroup[] {
  const groups = new Map<string, { ports: EndpointPort[]; backends: Backend[] }>();
  for (const pod of pods) {
    const backend = toBackend(service, pod);
    if (!backend) continue;
    const ports = resolvePorts(service, pod);
    const key = canonicalJson(ports);
    const group = groups.get(key) ?? { ports, backends: [] };
    group.backends.push(backend);
    groups.set(key, group);
  }
  for (const group of groups.values()) group.backends.sort((a, b) => compareText(a.ip, b.ip));
  return [...groups].sort(([a], [b]) => compareText(a, b)).map(([, group]) => group);
}

function toBackend(service: Service, pod: Pod): Backend | undefined {
  const { namespace = '', name, uid } = pod.metadata;
  const ip = pod.status?.podIP;
  if (!ip || isPodFinished(pod)) return undefined;
  const { hostname, subdomain, nodeName } = pod.spec;
  return {
    ip,
    isReady: isPodReady(pod),
    isTerminating: isTerminating(pod),
    hostname: hostname && subdomain === service.metadata.name ? hostname : undefined,
    nodeName,
    target: { kind: 'Pod', namespace, name, uid },
  };
}

function resolvePorts(service: Service, pod: Pod): EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const number = resolveTarget(port, pod);
    if (number === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return [{ name, port: number, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function resolveTarget({ targetPort, port, protocol = 'TCP' }: ServicePort, pod: Pod): number | undefined {
  if (targetPort === undefined || targetPort === 0 || targetPort === '') return port;
  if (typeof targetPort === 'number') return targetPort;
  const containers = [
    ...pod.spec.containers,
    ...(pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ];
  const named = containers
    .flatMap(({ ports = [] }) => ports)
    .find((candidate) => candidate.name === targetPort && (candidate.protocol ?? 'TCP') === protocol);
  return named?.containerPort;
}

export function toEndpoint(service: Service, backend: Backend): Endpoint {
  const { ip, isReady, hostname, nodeName, target } = backend;
  const isPublished = service.spec.publishNotReadyAddresses === true;
  return {
    addresses: [ip],
    conditions: {
      ready: isPublished || (isReady && !backend.isTerminating),
      serving: isPublished || isReady,
      terminating: backend.isTerminating,
    },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: target,
  };
}
