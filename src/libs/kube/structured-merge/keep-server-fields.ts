import { deepEqual, getPath, isRecord } from '#base/json';
import type { KubeObject } from '../objects.ts';
import { omitField } from '../own-field.ts';

const serverMetadata = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'resourceVersion',
  'generation',
];

/**
 * The object with what only the server sets, as it was: rendered manifests often hold `creationTimestamp: null`, and an allocated
 * address or port stays when nobody asks for another.
 */
export function keepServerFields(object: KubeObject, live: KubeObject | undefined): KubeObject {
  if (live === undefined) return object;
  const metadata = { ...object.metadata };
  for (const field of serverMetadata) {
    if (live.metadata[field] === undefined) delete metadata[field];
    else metadata[field] = live.metadata[field];
  }
  const kept = { ...object, metadata };
  if (object.kind === 'Service' && object.apiVersion === 'v1') return keepAllocated(kept, live);
  return object.kind === 'DaemonSet' && object.apiVersion === 'apps/v1' ? countTemplate(kept, live) : kept;
}

const templateCounter = 'deprecated.daemonset.template.generation';

/** An old counter of template changes, which only this kind still shows. */
function countTemplate(daemonSet: KubeObject, live: KubeObject): KubeObject {
  const count = live.metadata.annotations?.[templateCounter];
  if (count === undefined) return daemonSet;
  const isSame = deepEqual(getPath(daemonSet, 'spec', 'template'), getPath(live, 'spec', 'template'));
  const annotations = {
    ...daemonSet.metadata.annotations,
    [templateCounter]: isSame ? count : String(Number(count) + 1),
  };
  return { ...daemonSet, metadata: { ...daemonSet.metadata, annotations } };
}

type JsonMap = Readonly<Record<string, unknown>>;

const exposedTypes: ReadonlySet<unknown> = new Set(['NodePort', 'LoadBalancer']);

function keepAllocated(service: KubeObject, live: KubeObject): KubeObject {
  const spec = service['spec'];
  const liveSpec = live['spec'];
  if (!isRecord(spec) || !isRecord(liveSpec) || spec['type'] === 'ExternalName' || liveSpec['type'] === 'ExternalName')
    return service;
  const kept: Record<string, unknown> = { ...spec };
  for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
    if (kept[field] === undefined && liveSpec[field] !== undefined) kept[field] = liveSpec[field];
  }
  const wasExposed = exposedTypes.has(liveSpec['type']);
  if (exposedTypes.has(spec['type'])) {
    if (wasExposed) kept['ports'] = keepNodePorts(spec['ports'], liveSpec['ports']);
  } else if (wasExposed) {
    withdrawExposure(kept, liveSpec);
  }
  return { ...service, spec: kept };
}

/** A service that is no longer exposed gives back what only an exposed one has, unless somebody asks for other values. */
function withdrawExposure(spec: Record<string, unknown>, liveSpec: JsonMap): void {
  for (const field of [
    'externalTrafficPolicy',
    'allocateLoadBalancerNodePorts',
    'healthCheckNodePort',
    'loadBalancerClass',
  ]) {
    if (deepEqual(spec[field], liveSpec[field])) delete spec[field];
  }
  const ports = spec['ports'];
  if (!Array.isArray(ports) || !Array.isArray(liveSpec['ports'])) return;
  const allocated = nodePortsOf(liveSpec['ports']);
  const isUntouched = ports
    .filter(isRecord)
    .every((port) => port['nodePort'] === undefined || port['nodePort'] === allocated.get(portKey(port)));
  if (isUntouched) spec['ports'] = ports.map((port: unknown) => (isRecord(port) ? omitField(port, 'nodePort') : port));
}

function nodePortsOf(ports: readonly unknown[]): ReadonlyMap<string, unknown> {
  return new Map(ports.filter(isRecord).map((port) => [portKey(port), port['nodePort']]));
}

function keepNodePorts(ports: unknown, livePorts: unknown): unknown {
  if (!Array.isArray(ports) || !Array.isArray(livePorts)) return ports;
  const allocated = nodePortsOf(livePorts);
  return ports.map((port: unknown) => {
    const nodePort = isRecord(port) && port['nodePort'] === undefined ? allocated.get(portKey(port)) : undefined;
    return isRecord(port) && nodePort !== undefined ? { ...port, nodePort } : port;
  });
}

function portKey(port: JsonMap): string {
  return `${String(port['protocol'])}/${String(port['port'])}`;
}
