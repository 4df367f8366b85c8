import type { Fields } from '../registry/strategies/fields.ts';
import { asText, fieldsOf, listOf } from '../registry/strategies/fields.ts';
import { compareQuantities } from './quantities.ts';

/** A pod's quality-of-service class, from the CPU and memory of all its containers. */
export function qosClassOf(spec: Fields): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...listOf(spec, 'containers'), ...listOf(spec, 'initContainers')].map((one) =>
    fieldsOf(one, 'resources'),
  );
  const amounts = containers.map((resources) => ({
    limits: fieldsOf(resources, 'limits'),
    requests: fieldsOf(resources, 'requests'),
  }));
  const hasAny = amounts.some(({ limits, requests }) =>
    ['cpu', 'memory'].some((name) => isSet(limits[name]) || isSet(requests[name])),
  );
  if (!hasAny) return 'BestEffort';
  const guaranteed = amounts.every(({ limits, requests }) =>
    ['cpu', 'memory'].every((name) => isSet(limits[name]) && isSame(requests[name] ?? limits[name], limits[name])),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function isSet(amount: unknown): boolean {
  return amount !== undefined && compareQuantities(asText(amount), '0') > 0;
}

function isSame(a: unknown, b: unknown): boolean {
  return compareQuantities(asText(a), asText(b)) === 0;
}
