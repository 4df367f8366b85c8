import type { HealthCheck } from '../health-check.ts';
import { healthOf } from '../health-check.ts';
import { textAt } from '../object-fields.ts';

export const workflow: HealthCheck = {
  kinds: [{ group: 'argoproj.io', kind: 'Workflow' }],
  assess(object) {
    const message = textAt(object, 'status', 'message');
    switch (textAt(object, 'status', 'phase')) {
      case '':
      case 'Pending':
      case 'Running':
        return healthOf('Progressing', 'workflow-running', message);
      case 'Succeeded':
        return healthOf('Healthy', 'workflow-succeeded', message);
      case 'Failed':
      case 'Error':
        return healthOf('Degraded', 'workflow-failed', message);
      default:
        return healthOf('Unknown', 'workflow-phase-unknown', message);
    }
  },
};
