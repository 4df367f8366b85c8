import { randomInt } from 'node:crypto';
import type { KubeObject } from '#libs/kube';
import type { FieldError } from '../answers/field-error.ts';
import { invalid } from '../answers/field-error.ts';
import type { StrategyContext } from '../registry/strategy.ts';
import type { Fields } from '../registry/strategies/fields.ts';
import { fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';

export const serviceRange = '10.96.0.0/16';
const rangePrefix = '10.96.';
const firstNodePort = 30_000;
const lastNodePort = 32_767;

/** Gives a service the address that it asks for or a free one. A taken or foreign address is an error of the field. */
export function allocateClusterIp(service: KubeObject, context: StrategyContext): FieldError[] {
  const spec = fieldsOf(service, 'spec');
  if (spec['type'] === 'ExternalName') {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'])
      delete spec[field];
    return [];
  }
  const asked = textOf(spec, 'clusterIP') || String((spec['clusterIPs'] as string[] | undefined)?.[0] ?? '');
  if (asked === 'None') {
    setAddress(spec, 'None');
    return [];
  }
  const used = usedAddresses(service, context);
  const address = asked === '' ? freeAddress(used) : asked;
  // A dry run takes nothing, so what is taken is no conflict.
  const problem = asked === '' ? undefined : checkAddress(address, context.dryRun ? new Set() : used);
  if (problem !== undefined)
    return [invalid('spec.clusterIPs', [address], `failed to allocate IP ${address}: ${problem}`)];
  setAddress(spec, address);
  return [];
}

function setAddress(spec: Fields, address: string): void {
  spec['clusterIP'] = address;
  spec['clusterIPs'] = [address];
  const isHeadlessWithoutPods = address === 'None' && Object.keys(fieldsOf(spec, 'selector')).length === 0;
  spec['ipFamilies'] ??= isHeadlessWithoutPods ? ['IPv4', 'IPv6'] : ['IPv4'];
  spec['ipFamilyPolicy'] ??= isHeadlessWithoutPods ? 'RequireDualStack' : 'SingleStack';
}

function checkAddress(address: string, used: ReadonlySet<string>): string | undefined {
  if (!address.startsWith(rangePrefix)) {
    return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${serviceRange}`;
  }
  return used.has(address) ? 'provided IP is already allocated' : undefined;
}

function usedAddresses(service: KubeObject, { scan }: StrategyContext): Set<string> {
  const used = new Set<string>();
  for (const other of scan('services')) {
    if (other.metadata.uid !== service.metadata.uid) used.add(textOf(fieldsOf(other, 'spec'), 'clusterIP'));
  }
  return used;
}

function freeAddress(used: ReadonlySet<string>): string {
  for (;;) {
    // The lowest block is left for addresses that people choose.
    const address = `${rangePrefix}${randomInt(1, 256)}.${randomInt(1, 255)}`;
    if (!used.has(address)) return address;
  }
}

/** Gives the ports of a NodePort or LoadBalancer service the node ports that they ask for or free ones. */
export function allocateNodePorts(service: KubeObject, context: StrategyContext): FieldError[] {
  const spec = fieldsOf(service, 'spec');
  const wants =
    spec['type'] === 'NodePort' || (spec['type'] === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false);
  if (!wants) {
    for (const port of listOf(spec, 'ports')) if (spec['type'] === 'ClusterIP') delete port['nodePort'];
    return [];
  }
  const used = usedNodePorts(service, context);
  const errors: FieldError[] = [];
  listOf(spec, 'ports').forEach((port, index) => {
    const asked = typeof port['nodePort'] === 'number' ? port['nodePort'] : 0;
    const field = `spec.ports[${index}].nodePort`;
    if (asked === 0) port['nodePort'] = freeNodePort(used);
    else if (context.dryRun) return;
    else if (asked < firstNodePort || asked > lastNodePort) {
      errors.push(
        invalid(
          field,
          asked,
          `provided port is not in the valid range. The range of valid ports is ${firstNodePort}-${lastNodePort}`,
        ),
      );
    } else if (used.has(asked)) errors.push(invalid(field, asked, 'provided port is already allocated'));
    used.add(port['nodePort'] as number);
  });
  return errors;
}

function usedNodePorts(service: KubeObject, { scan }: StrategyContext): Set<number> {
  const used = new Set<number>();
  for (const other of scan('services')) {
    if (other.metadata.uid === service.metadata.uid) continue;
    for (const { nodePort } of listOf(fieldsOf(other, 'spec'), 'ports'))
      if (typeof nodePort === 'number') used.add(nodePort);
  }
  return used;
}

function freeNodePort(used: ReadonlySet<number>): number {
  for (;;) {
    const port = randomInt(firstNodePort, lastNodePort + 1);
    if (!used.has(port)) return port;
  }
}
