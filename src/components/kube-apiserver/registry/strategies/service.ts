import { deepEqual } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { FieldError } from '../../answers/field-error.ts';
import { duplicate, forbiddenField, invalid, notSupported, required } from '../../answers/field-error.ts';
import { allocateClusterIp, allocateNodePorts } from '../../admission/allocate-service.ts';
import { checkName, checkPortName } from '../../validation/names.ts';
import { isPort, portText } from '../../validation/pod-spec.ts';
import type { Strategy, StrategyContext } from '../strategy.ts';
import type { Fields } from './fields.ts';
import { asText, fieldsOf, listOf, textOf } from './fields.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const protocols = ['SCTP', 'TCP', 'UDP'];

export const serviceStrategy: Partial<Strategy> = {
  nameRule: 'label',
  prepareCreate(service) {
    service['status'] = { loadBalancer: {} };
  },
  prepareUpdate(next, old) {
    keepAllocated(next, old);
  },
  validateCreate: (service, context) => checkAndAllocate(service, undefined, context),
  validateUpdate: (next, old, context) => checkAndAllocate(next, old, context),
};

/** An update that leaves out what the server chose keeps it. */
function keepAllocated(next: KubeObject, old: KubeObject): void {
  const spec = fieldsOf(next, 'spec');
  const before = fieldsOf(old, 'spec');
  if (spec['type'] === 'ExternalName' || before['type'] === 'ExternalName') return;
  for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']) {
    if (spec[field] === undefined && before[field] !== undefined) spec[field] = before[field];
  }
  if (spec['clusterIP'] !== before['clusterIP'] && deepEqual(spec['clusterIPs'], before['clusterIPs']))
    spec['clusterIPs'] = [spec['clusterIP']];
  if (spec['type'] === 'ClusterIP') return;
  const previous = listOf(before, 'ports');
  for (const port of listOf(spec, 'ports')) {
    const same = previous.find((one) => one['port'] === port['port'] && one['protocol'] === port['protocol']);
    if (port['nodePort'] === undefined && same?.['nodePort'] !== undefined) port['nodePort'] = same['nodePort'];
  }
}

/** Validates first; only a valid service takes an address and ports. */
function checkAndAllocate(service: KubeObject, old: KubeObject | undefined, context: StrategyContext): FieldError[] {
  const errors = [...checkService(service), ...(old ? checkAddressKept(service, old) : [])];
  if (errors.length > 0) return errors;
  return [...allocateClusterIp(service, context), ...allocateNodePorts(service, context)];
}

function checkService(service: KubeObject): FieldError[] {
  const spec = fieldsOf(service, 'spec');
  const type = textOf(spec, 'type');
  const ports = listOf(spec, 'ports');
  const errors: FieldError[] = [];
  if (ports.length === 0 && type !== 'ExternalName' && spec['clusterIP'] !== 'None')
    errors.push(required('spec.ports'));
  errors.push(...checkPorts(ports));
  const affinity = textOf(spec, 'sessionAffinity');
  if (affinity !== '' && affinity !== 'None' && affinity !== 'ClientIP')
    errors.push(notSupported('spec.sessionAffinity', affinity, ['ClientIP', 'None']));
  if (type === 'ExternalName') errors.push(...checkExternalName(spec));
  if (!types.includes(type)) errors.push(notSupported('spec.type', type, types));
  if (type === 'ClusterIP') {
    ports.forEach((port, index) => {
      if (port['nodePort'] !== undefined && port['nodePort'] !== 0) {
        errors.push(forbiddenField(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
      }
    });
  }
  return errors;
}

function checkExternalName(spec: Fields): FieldError[] {
  const name = textOf(spec, 'externalName').replace(/\.$/, '');
  if (name === '') return [required('spec.externalName')];
  return checkName('subdomain', name).map((why) => invalid('spec.externalName', name, why));
}

function checkPorts(ports: readonly Fields[]): FieldError[] {
  const names = new Set<string>();
  const errors = ports.flatMap((port, index) => {
    const field = `spec.ports[${index}]`;
    const found = checkPort(port, { field, isNamed: ports.length > 1 });
    const name = textOf(port, 'name');
    if (name !== '' && names.has(name)) found.unshift(duplicate(`${field}.name`, name));
    names.add(name);
    return found;
  });
  const seen = new Set<string>();
  ports.forEach(({ protocol, port }, index) => {
    const identity = `${asText(protocol)}/${asText(port)}`;
    if (seen.has(identity)) errors.push(duplicate(`spec.ports[${index}]`, { port, protocol }));
    seen.add(identity);
  });
  return errors;
}

function checkPort(port: Fields, { field, isNamed }: { field: string; isNamed: boolean }): FieldError[] {
  const errors: FieldError[] = [];
  const name = textOf(port, 'name');
  if (name === '' && isNamed) errors.push(required(`${field}.name`));
  if (name !== '') errors.push(...checkName('label', name).map((why) => invalid(`${field}.name`, name, why)));
  if (!isPort(port['port'])) errors.push(invalid(`${field}.port`, port['port'] ?? 0, portText));
  const protocol = textOf(port, 'protocol');
  if (!protocols.includes(protocol))
    errors.push(
      protocol === '' ? required(`${field}.protocol`) : notSupported(`${field}.protocol`, protocol, protocols),
    );
  const target = port['targetPort'];
  if (typeof target === 'string')
    errors.push(...checkPortName(target).map((why) => invalid(`${field}.targetPort`, target, why)));
  else if (target !== undefined && !isPort(target)) errors.push(invalid(`${field}.targetPort`, target, portText));
  return errors;
}

function checkAddressKept(next: KubeObject, old: KubeObject): FieldError[] {
  const after = fieldsOf(next, 'spec');
  const before = fieldsOf(old, 'spec');
  if (after['type'] === 'ExternalName' || textOf(before, 'clusterIP') === '') return [];
  if (after['clusterIP'] === before['clusterIP']) return [];
  return [invalid('spec.clusterIPs[0]', after['clusterIPs'] ?? [after['clusterIP']], 'may not change once set')];
}
