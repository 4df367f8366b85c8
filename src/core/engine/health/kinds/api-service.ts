import type { HealthCheck } from '../health-check.ts';
import { healthOf } from '../health-check.ts';
import { conditionsOf } from '../object-fields.ts';

export const apiService: HealthCheck = {
  kinds: [{ group: 'apiregistration.k8s.io', kind: 'APIService' }],
  versions: ['v1', 'v1beta1'],
  assess(object) {
    const available = conditionsOf(object).find(({ type }) => type === 'Available');
    if (available === undefined) return healthOf('Progressing', 'api-service-waiting', 'Waiting to be processed');
    const message = `${available.reason}: ${available.message}`;
    return available.status === 'True'
      ? healthOf('Healthy', 'api-service-available', message)
      : healthOf('Progressing', 'api-service-unavailable', message, { reason: available.reason });
  },
};
