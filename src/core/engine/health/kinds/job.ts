import type { HealthCheck } from '../health-check.ts';
import { healthOf } from '../health-check.ts';
import { conditionsOf } from '../object-fields.ts';

export const job: HealthCheck = {
  kinds: [{ group: 'batch', kind: 'Job' }],
  versions: ['v1'],
  assess(object) {
    const conditions = conditionsOf(object);
    const failed = conditions.find(({ type }) => type === 'Failed');
    if (failed !== undefined) return healthOf('Degraded', 'job-failed', failed.message, { reason: failed.reason });
    const suspended = conditions.find(({ type, status }) => type === 'Suspended' && status === 'True');
    if (suspended !== undefined) return healthOf('Suspended', 'job-suspended', suspended.message);
    const complete = conditions.find(({ type }) => type === 'Complete');
    if (complete !== undefined) return healthOf('Healthy', 'job-complete', complete.message);
    return healthOf('Progressing', 'job-running');
  },
};
