import type { Strategy } from '../strategy.ts';
import { fieldsOf } from './fields.ts';

export const namespaceStrategy: Partial<Strategy> = {
  nameRule: 'label',
  prepareCreate(namespace) {
    namespace['spec'] = { finalizers: ['kubernetes'] };
    namespace['status'] = { phase: 'Active' };
  },
  admitCreate(namespace) {
    // Every namespace can be selected by its name.
    const { name = '', labels } = namespace.metadata;
    namespace.metadata.labels = { ...labels, 'kubernetes.io/metadata.name': name };
  },
  prepareUpdate(next, old) {
    next['spec'] = old['spec'];
    next.metadata.labels = { ...next.metadata.labels, 'kubernetes.io/metadata.name': next.metadata.name ?? '' };
  },
  /** Deleting marks; the namespace controller empties it and takes the finaliser off. */
  prepareDelete(namespace) {
    namespace['status'] = { ...fieldsOf(namespace, 'status'), phase: 'Terminating' };
    delete namespace.metadata.deletionGracePeriodSeconds;
  },
};
