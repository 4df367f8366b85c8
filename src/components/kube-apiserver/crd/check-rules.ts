import { isRecord } from '#base/json';
import type { FieldError } from '../answers/field-error.ts';
import { invalid } from '../answers/field-error.ts';
import type { Fields } from '../registry/strategies/fields.ts';
import { fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';
import { checkRuleSyntax } from './validation-rules.ts';

/** CEL rules that cannot be compiled. */
export function checkRules(schema: Fields, field: string): FieldError[] {
  const errors = listOf(schema, 'x-kubernetes-validations').flatMap((rule, index) => {
    const text = textOf(rule, 'rule');
    const problem = checkRuleSyntax(text);
    return problem === undefined
      ? []
      : [invalid(`${field}.x-kubernetes-validations[${index}].rule`, text, `compilation failed: ${problem}`)];
  });
  for (const [name, property] of Object.entries(fieldsOf(schema, 'properties'))) {
    if (isRecord(property)) errors.push(...checkRules(property, `${field}.properties[${name}]`));
  }
  const { items, additionalProperties } = schema;
  if (isRecord(items)) errors.push(...checkRules(items, `${field}.items`));
  if (isRecord(additionalProperties)) errors.push(...checkRules(additionalProperties, `${field}.additionalProperties`));
  return errors;
}
