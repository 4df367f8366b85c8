import type { HealthCheck } from '../health-check.ts';
import { healthOf } from '../health-check.ts';
import { listAt, textAt } from '../object-fields.ts';

export const service: HealthCheck = {
  kinds: [{ group: '', kind: 'Service' }],
  versions: ['v1'],
  assess(object) {
    const isWaiting =
      textAt(object, 'spec', 'type') === 'LoadBalancer' &&
      listAt(object, 'status', 'loadBalancer', 'ingress').length === 0;
    return isWaiting
      ? { ...healthOf('Progressing', 'service-load-balancer'), verdict: waiting }
      : healthOf('Healthy', 'service-present');
  },
};

const waiting = {
  code: 'service-load-balancer',
  parameters: {},
  sentence: 'The service waits for an address from the load balancer.',
};
