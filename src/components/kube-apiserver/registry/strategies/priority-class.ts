import { forbiddenField } from '../../answers/field-error.ts';
import type { Strategy } from '../strategy.ts';

const highestUserPriority = 1_000_000_000;

export const priorityClassStrategy: Partial<Strategy> = {
  validateCreate(object) {
    const value = object['value'];
    const isSystem = object.metadata.name?.startsWith('system-') === true;
    if (isSystem || typeof value !== 'number' || value <= highestUserPriority) return [];
    return [forbiddenField('value', `maximum allowed value of a user defined priority is ${highestUserPriority}`)];
  },
  validateUpdate: (next, old) =>
    next['value'] === old['value'] ? [] : [forbiddenField('value', 'may not be changed in an update.')],
};
