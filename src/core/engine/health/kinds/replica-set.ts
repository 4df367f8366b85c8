import type { HealthCheck } from '../health-check.ts';
import { healthOf } from '../health-check.ts';
import { conditionsOf, countAt, isBehindSpec } from '../object-fields.ts';

export const replicaSet: HealthCheck = {
  kinds: [{ group: 'apps', kind: 'ReplicaSet' }],
  versions: ['v1'],
  assess(object) {
    if (isBehindSpec(object)) {
      const message = 'Waiting for rollout to finish: observed replica set generation less than desired generation';
      return healthOf('Progressing', 'replica-set-generation', message);
    }
    const failure = conditionsOf(object).find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
    if (failure !== undefined) {
      return healthOf('Degraded', 'replica-set-failure', failure.message, { reason: failure.reason });
    }
    const wanted = countAt(object, 'spec', 'replicas');
    const available = countAt(object, 'status', 'availableReplicas');
    if (available < wanted) {
      const message = `Waiting for rollout to finish: ${available} out of ${wanted} new replicas are available...`;
      return healthOf('Progressing', 'replica-set-availability', message, { available, wanted });
    }
    return healthOf('Healthy', 'replica-set-available');
  },
};
