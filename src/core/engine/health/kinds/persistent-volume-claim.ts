import type { HealthCheck } from '../health-check.ts';
import { healthOf } from '../health-check.ts';
import { textAt } from '../object-fields.ts';

export const persistentVolumeClaim: HealthCheck = {
  kinds: [{ group: '', kind: 'PersistentVolumeClaim' }],
  versions: ['v1'],
  assess(object) {
    const phase = textAt(object, 'status', 'phase');
    switch (phase) {
      case 'Bound':
        return healthOf('Healthy', 'claim-bound');
      case 'Pending':
        return healthOf('Progressing', 'claim-pending');
      case 'Lost':
        return healthOf('Degraded', 'claim-lost');
      default:
        return healthOf('Unknown', 'claim-phase-unknown', undefined, { phase });
    }
  },
};
