import { formatTime } from '../operations/timestamps.ts';
import { fieldsOf, textOf } from '../registry/strategies/fields.ts';
import type { StatusWriter } from './write-statuses.ts';

/** Says whether the priority level that a flow schema names exists. */
export const flowSchemaStatus: StatusWriter = {
  collection: 'flowschemas.flowcontrol.apiserver.k8s.io',
  manager: 'api-priority-and-fairness-config-consumer-v1',
  applies: true,
  statusOf(object, { lookup, now }) {
    const name = textOf(fieldsOf(fieldsOf(object, 'spec'), 'priorityLevelConfiguration'), 'name');
    const isFound = lookup('prioritylevelconfigurations.flowcontrol.apiserver.k8s.io', '', name) !== undefined;
    const what = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(name)}`;
    const found = isFound
      ? { message: `${what} and it exists`, reason: 'Found', status: 'False' }
      : { message: `${what} but there is no such object`, reason: 'NotFound', status: 'True' };
    return { conditions: [{ lastTransitionTime: formatTime(now), ...found, type: 'Dangling' }] };
  },
};
