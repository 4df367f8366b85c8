import type { Strategy } from '../strategy.ts';
import { checkDefinition, checkDefinitionChange } from '../../crd/check-definition.ts';
import { markDefinitionTerminating, prepareDefinition } from '../../crd/prepare-definition.ts';

export const customResourceDefinitionStrategy: Partial<Strategy> = {
  prepareCreate: (object) => prepareDefinition(object, undefined),
  prepareUpdate: (next, old) => prepareDefinition(next, old),
  ignoresPropagation: true,
  prepareDelete: markDefinitionTerminating,
  validateCreate: (object) => checkDefinition(object),
  validateUpdate: (next, old) => [...checkDefinition(next), ...checkDefinitionChange(next, old)],
};
