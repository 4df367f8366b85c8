import { asText, fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';
import type { Fields } from '../registry/strategies/fields.ts';
import { formatAge } from './human-duration.ts';
import type { Printer } from './printer.ts';
import { ageOf, formatLabels, nameOf, numberOf, orNone } from './printer.ts';

export const printConfigMap: Printer = (object, now) => {
  const count = Object.keys(fieldsOf(object, 'data')).length + Object.keys(fieldsOf(object, 'binaryData')).length;
  return [nameOf(object), count, ageOf(object, now)];
};

export const printSecret: Printer = (object, now) => [
  nameOf(object),
  textOf(object, 'type'),
  Object.keys(fieldsOf(object, 'data')).length,
  ageOf(object, now),
];

export const printNamespace: Printer = (object, now) => [
  nameOf(object),
  textOf(fieldsOf(object, 'status'), 'phase'),
  ageOf(object, now),
];

export const printPlain: Printer = (object, now) => [nameOf(object), ageOf(object, now)];

export const printService: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const type = textOf(spec, 'type');
  return [
    nameOf(object),
    type,
    orNone(((spec['clusterIPs'] as string[] | undefined) ?? [])[0] ?? textOf(spec, 'clusterIP')),
    externalAddress(object, type),
    servicePorts(listOf(spec, 'ports')),
    ageOf(object, now),
    formatLabels(fieldsOf(spec, 'selector')),
  ];
};

function externalAddress(object: Parameters<Printer>[0], type: string): string {
  const spec = fieldsOf(object, 'spec');
  const external = ((spec['externalIPs'] as string[] | undefined) ?? []).join(',');
  if (type === 'ExternalName') return textOf(spec, 'externalName');
  if (type !== 'LoadBalancer') return orNone(external);
  const ingress = listOf(fieldsOf(fieldsOf(object, 'status'), 'loadBalancer'), 'ingress');
  const addresses = ingress.map((one) => textOf(one, 'ip') || textOf(one, 'hostname')).join(',');
  if (addresses === '') return external === '' ? '<pending>' : external;
  return external === '' ? addresses : `${addresses},${external}`;
}

function servicePorts(ports: readonly Fields[]): string {
  const texts = ports.map(({ port, nodePort, protocol }) =>
    nodePort === undefined
      ? `${asText(port)}/${asText(protocol)}`
      : `${asText(port)}:${asText(nodePort)}/${asText(protocol)}`,
  );
  return orNone(texts.join(','));
}

export const printNode: Printer = (object, now) => {
  const status = fieldsOf(object, 'status');
  const info = fieldsOf(status, 'nodeInfo');
  const address = (type: string) =>
    textOf(
      listOf(status, 'addresses').find((one) => one['type'] === type),
      'address',
    );
  return [
    nameOf(object),
    nodeStatus(object),
    nodeRoles(object.metadata.labels ?? {}),
    ageOf(object, now),
    textOf(info, 'kubeletVersion'),
    orNone(address('InternalIP')),
    orNone(address('ExternalIP')),
    textOf(info, 'osImage') || '<unknown>',
    textOf(info, 'kernelVersion') || '<unknown>',
    textOf(info, 'containerRuntimeVersion') || '<unknown>',
  ];
};

function nodeStatus(object: Parameters<Printer>[0]): string {
  const ready = listOf(fieldsOf(object, 'status'), 'conditions').find((one) => one['type'] === 'Ready');
  const text = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady';
  return fieldsOf(object, 'spec')['unschedulable'] === true ? `${text},SchedulingDisabled` : text;
}

function nodeRoles(labels: Readonly<Record<string, string>>): string {
  const roles = Object.entries(labels).flatMap(([key, value]) => {
    if (key.startsWith('node-role.kubernetes.io/')) return [key.slice('node-role.kubernetes.io/'.length)];
    return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return orNone(
    [...new Set(roles)]
      .filter((one) => one !== '')
      .sort()
      .join(','),
  );
}

export const printEvent: Printer = (object, now) => {
  const involved = fieldsOf(object, object.apiVersion === 'v1' ? 'involvedObject' : 'regarding');
  const isCore = object.apiVersion === 'v1';
  const series = fieldsOf(object, 'series');
  const first = textOf(object, isCore ? 'firstTimestamp' : 'deprecatedFirstTimestamp') || textOf(object, 'eventTime');
  const last =
    textOf(series, 'lastObservedTime') || textOf(object, isCore ? 'lastTimestamp' : 'deprecatedLastTimestamp') || first;
  const source = fieldsOf(object, isCore ? 'source' : 'deprecatedSource');
  const component =
    textOf(source, 'component') || textOf(object, isCore ? 'reportingComponent' : 'reportingController');
  const host = textOf(source, 'host') || textOf(object, 'reportingInstance');
  const count = numberOf(series, 'count') || numberOf(object, isCore ? 'count' : 'deprecatedCount') || 1;
  return [
    formatAge(last, now),
    textOf(object, 'type'),
    textOf(object, 'reason'),
    `${textOf(involved, 'kind').toLowerCase()}/${textOf(involved, 'name')}`,
    textOf(involved, 'fieldPath'),
    host === '' ? component : `${component}, ${host}`,
    textOf(object, isCore ? 'message' : 'note').trim(),
    formatAge(first, now),
    count,
    nameOf(object),
  ];
};

const modeLetters: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function accessModes(modes: unknown): string {
  const list = Array.isArray(modes) ? (modes as string[]) : [];
  return Object.keys(modeLetters)
    .filter((mode) => list.includes(mode))
    .map((mode) => modeLetters[mode])
    .join(',');
}

export const printClaim: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const status = fieldsOf(object, 'status');
  const isBound = textOf(spec, 'volumeName') !== '';
  const phase = object.metadata.deletionTimestamp === undefined ? textOf(status, 'phase') : 'Terminating';
  return [
    nameOf(object),
    phase,
    textOf(spec, 'volumeName'),
    isBound ? String((fieldsOf(status, 'capacity')['storage'] as string | undefined) ?? '') : '',
    isBound ? accessModes(status['accessModes']) : '',
    textOf(spec, 'storageClassName'),
    textOf(spec, 'volumeAttributesClassName') || '<unset>',
    ageOf(object, now),
    textOf(spec, 'volumeMode') || '<unset>',
  ];
};

export const printVolume: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const status = fieldsOf(object, 'status');
  const claim = fieldsOf(spec, 'claimRef');
  const phase = object.metadata.deletionTimestamp === undefined ? textOf(status, 'phase') : 'Terminating';
  return [
    nameOf(object),
    String((fieldsOf(spec, 'capacity')['storage'] as string | undefined) ?? ''),
    accessModes(spec['accessModes']),
    textOf(spec, 'persistentVolumeReclaimPolicy'),
    phase,
    spec['claimRef'] === undefined ? '' : `${textOf(claim, 'namespace')}/${textOf(claim, 'name')}`,
    textOf(spec, 'storageClassName'),
    textOf(spec, 'volumeAttributesClassName') || '<unset>',
    textOf(status, 'reason'),
    ageOf(object, now),
    textOf(spec, 'volumeMode') || '<unset>',
  ];
};

export const printEndpoints: Printer = (object, now) => {
  const addresses: string[] = [];
  for (const subset of listOf(object, 'subsets')) {
    const ports = listOf(subset, 'ports');
    for (const { ip } of listOf(subset, 'addresses')) {
      if (ports.length === 0) addresses.push(asText(ip));
      else for (const { port } of ports) addresses.push(`${asText(ip)}:${asText(port)}`);
    }
  }
  const shown = addresses.slice(0, 3).join(',');
  const more = addresses.length > 3 ? ` + ${addresses.length - 3} more...` : '';
  return [nameOf(object), orNone(`${shown}${more}`), ageOf(object, now)];
};

export const printQuota: Printer = (object, now) => {
  const status = fieldsOf(object, 'status');
  const hard = fieldsOf(status, 'hard');
  const used = fieldsOf(status, 'used');
  const texts = { requests: [] as string[], limits: [] as string[] };
  for (const name of Object.keys(hard).sort()) {
    const list = name.startsWith('limits') ? texts.limits : texts.requests;
    list.push(`${name}: ${String((used[name] as string | undefined) ?? '0')}/${asText(hard[name])}`);
  }
  return [nameOf(object), texts.requests.join(', '), texts.limits.join(', '), ageOf(object, now)];
};

export const printComponentStatus: Printer = (object) => {
  const healthy = listOf(object, 'conditions').find((one) => one['type'] === 'Healthy');
  return [
    nameOf(object),
    healthy?.['status'] === 'True' ? 'Healthy' : 'Unhealthy',
    textOf(healthy, 'message'),
    textOf(healthy, 'error'),
  ];
};
