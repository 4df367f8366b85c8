import type { Strategy } from '../strategy.ts';
import { fieldsOf, listOf } from './fields.ts';

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

export const nodeStrategy: Partial<Strategy> = {
  /** TaintNodesByCondition admission: a new node takes no pods until it is known to be ready. */
  admitCreate(node) {
    const spec = fieldsOf(node, 'spec');
    const taints = listOf(spec, 'taints');
    const isTainted = taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect);
    node['spec'] = isTainted ? spec : { ...spec, taints: [...taints, notReady] };
  },
};
