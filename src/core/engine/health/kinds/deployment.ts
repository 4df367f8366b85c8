import type { KubeObject } from '#libs/kube';
import { getPath } from '#base/json';
import type { HealthAssessment } from '../health.ts';
import type { HealthCheck } from '../health-check.ts';
import { healthOf } from '../health-check.ts';
import { conditionsOf, countAt, isBehindSpec } from '../object-fields.ts';

export const deployment: HealthCheck = {
  kinds: [{ group: 'apps', kind: 'Deployment' }],
  versions: ['v1'],
  assess(object) {
    if (getPath(object, 'spec', 'paused') === true)
      return healthOf('Suspended', 'deployment-paused', 'Deployment is paused');
    if (isBehindSpec(object)) {
      const message = 'Waiting for rollout to finish: observed deployment generation less than desired generation';
      return healthOf('Progressing', 'deployment-generation', message);
    }
    const isLate = conditionsOf(object).some(
      ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
    );
    if (isLate) {
      const message = `Deployment "${object.metadata.name ?? ''}" exceeded its progress deadline`;
      return healthOf('Degraded', 'deployment-progress-deadline', message);
    }
    return rollout(object);
  },
};

function rollout(object: KubeObject): HealthAssessment {
  const wanted = countAt(object, 'spec', 'replicas');
  const current = countAt(object, 'status', 'replicas');
  const updated = countAt(object, 'status', 'updatedReplicas');
  const available = countAt(object, 'status', 'availableReplicas');
  if (updated < wanted) {
    const message = `Waiting for rollout to finish: ${updated} out of ${wanted} new replicas have been updated...`;
    return healthOf('Progressing', 'deployment-updating', message, { updated, wanted });
  }
  if (current > updated) {
    const message = `Waiting for rollout to finish: ${current - updated} old replicas are pending termination...`;
    return healthOf('Progressing', 'deployment-terminating', message, { old: current - updated });
  }
  if (available < updated) {
    const message = `Waiting for rollout to finish: ${available} of ${updated} updated replicas are available...`;
    return healthOf('Progressing', 'deployment-availability', message, { available, updated });
  }
  return healthOf('Healthy', 'deployment-available');
}
