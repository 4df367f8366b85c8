import type { HealthCheck } from '../health-check.ts';
import { healthOf } from '../health-check.ts';
import { countAt, isBehindSpec, textAt } from '../object-fields.ts';

export const daemonSet: HealthCheck = {
  kinds: [{ group: 'apps', kind: 'DaemonSet' }],
  versions: ['v1'],
  assess(object) {
    if (isBehindSpec(object)) {
      const message = 'Waiting for rollout to finish: observed daemon set generation less than desired generation';
      return healthOf('Progressing', 'daemon-set-generation', message);
    }
    const name = object.metadata.name ?? '';
    const desired = countAt(object, 'status', 'desiredNumberScheduled');
    const updated = countAt(object, 'status', 'updatedNumberScheduled');
    const available = countAt(object, 'status', 'numberAvailable');
    if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
      const message = `daemon set ${updated} out of ${desired} new pods have been updated`;
      return healthOf('Healthy', 'daemon-set-on-delete', message, { updated, desired });
    }
    if (updated < desired) {
      const message = `Waiting for daemon set "${name}" rollout to finish: ${updated} out of ${desired} new pods have been updated...`;
      return healthOf('Progressing', 'daemon-set-updating', message, { updated, desired });
    }
    if (available < desired) {
      const message = `Waiting for daemon set "${name}" rollout to finish: ${available} of ${desired} updated pods are available...`;
      return healthOf('Progressing', 'daemon-set-availability', message, { available, desired });
    }
    return healthOf('Healthy', 'daemon-set-available');
  },
};
