import type { KubeObject } from '#libs/kube';
import type { Strategy } from '../strategy.ts';
import { fieldsOf, textOf } from './fields.ts';

/** An aggregated API is served as an object; nobody calls its server, so it is never available and harms nobody else. */
export const apiServiceStrategy: Partial<Strategy> = {
  nameRule: 'path-segment',
  statusKeepsMetadata: true,
  prepareCreate: (object, { now, lookup }) => setAvailability(object, now, lookup),
  prepareUpdate: (next, _old, { now, lookup }) => setAvailability(next, now, lookup),
};

type Lookup = (collection: string, namespace: string, name: string) => KubeObject | undefined;

function setAvailability(object: KubeObject, now: number, lookup: Lookup): void {
  const service = fieldsOf(fieldsOf(object, 'spec'), 'service');
  const lastTransitionTime = `${new Date(now).toISOString().slice(0, 19)}Z`;
  if (object['spec'] === undefined || fieldsOf(object, 'spec')['service'] === undefined) {
    const message = 'Local APIServices are always available';
    object['status'] = {
      conditions: [{ type: 'Available', status: 'True', lastTransitionTime, reason: 'Local', message }],
    };
    return;
  }
  const namespace = textOf(service, 'namespace');
  const name = textOf(service, 'name');
  const isFound = lookup('services', namespace, name) !== undefined;
  const reason = isFound ? 'FailedDiscoveryCheck' : 'ServiceNotFound';
  const message = isFound
    ? `failing or missing response from service/${name} in "${namespace}": the embedded API server does not proxy aggregated APIs`
    : `service/${name} in "${namespace}" is not present`;
  object['status'] = { conditions: [{ type: 'Available', status: 'False', lastTransitionTime, reason, message }] };
}
