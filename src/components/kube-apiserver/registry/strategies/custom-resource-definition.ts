import type { Strategy } from '../strategy.ts';
import { checkDefinition, checkDefinitionChange } from '../../crd/check-definition.ts';
import { prepareDefinition } from '../../crd/prepare-definition.ts';

export const customResourceDefinitionStrategy: Partial<Strategy> = {
  prepareCreate: (object, context) => prepareDefinition(object, undefined, context),
  prepareUpdate: (next, old, context) => prepareDefinition(next, old, context),
  validateCreate: (object) => checkDefinition(object),
  validateUpdate: (next, old) => [...checkDefinition(next), ...checkDefinitionChange(next, old)],
};
