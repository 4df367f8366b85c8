import type { HealthCheck } from '../health-check.ts';
import { healthOf } from '../health-check.ts';
import { listAt } from '../object-fields.ts';

export const ingress: HealthCheck = {
  kinds: [
    { group: 'networking.k8s.io', kind: 'Ingress' },
    { group: 'extensions', kind: 'Ingress' },
  ],
  assess(object) {
    return listAt(object, 'status', 'loadBalancer', 'ingress').length > 0
      ? healthOf('Healthy', 'ingress-address')
      : { ...healthOf('Progressing', 'ingress-address'), verdict: waiting };
  },
};

const waiting = {
  code: 'ingress-address',
  parameters: {},
  sentence: 'The ingress waits for an address from its ingress controller.',
};
