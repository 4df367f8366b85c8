import type { KubeObject } from '#libs/kube';
import { formatTime } from '../operations/timestamps.ts';
import type { Fields } from '../registry/strategies/fields.ts';
import { fieldsOf, textOf } from '../registry/strategies/fields.ts';
import type { StrategyContext } from '../registry/strategy.ts';
import type { StatusWriter } from './write-statuses.ts';

/** An aggregated API is served as an object; nobody calls its server, so it is never available and harms nobody else. */
export const apiServiceStatus: StatusWriter = {
  collection: 'apiservices.apiregistration.k8s.io',
  manager: 'kube-apiserver',
  statusOf: (object, context) => ({
    conditions: [{ lastTransitionTime: formatTime(context.now), ...availability(object, context), type: 'Available' }],
  }),
};

function availability(object: KubeObject, { lookup }: StrategyContext): Fields {
  const service = fieldsOf(object, 'spec')['service'];
  if (service === undefined || service === null) {
    return { message: 'Local APIServices are always available', reason: 'Local', status: 'True' };
  }
  const namespace = textOf(service, 'namespace');
  const name = textOf(service, 'name');
  if (lookup('services', namespace, name)) {
    const message = `failing or missing response from service/${name} in "${namespace}": the embedded API server does not proxy aggregated APIs`;
    return { message, reason: 'FailedDiscoveryCheck', status: 'False' };
  }
  return { message: `service/${name} in "${namespace}" is not present`, reason: 'ServiceNotFound', status: 'False' };
}
