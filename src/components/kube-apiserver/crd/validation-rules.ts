import type { KubeObject } from '#libs/kube';
import type { Schema, ValidationRule } from '#libs/kube/schema';
import { isRecord } from '#base/json';
import { compileCel } from '#libs/languages/cel';
import type { CelProgram } from '#libs/languages/cel';
import type { FieldError } from '../answers/field-error.ts';
import { forbiddenField, invalid, required } from '../answers/field-error.ts';

/** Why a rule's text is no CEL; undefined when it is. */
export function checkRuleSyntax(rule: string): string | undefined {
  const compiled = compileCel(rule);
  return 'problem' in compiled ? compiled.problem : undefined;
}

/** The rules (`x-kubernetes-validations`) that an object breaks, wherever in the schema they stand. */
export function evaluateRules(schema: Schema, object: KubeObject, old: KubeObject | undefined): readonly FieldError[] {
  const errors: FieldError[] = [];
  walk({ schema, value: object, old, path: '' }, errors);
  return errors;
}

interface Place {
  readonly schema: Schema;
  readonly value: unknown;
  readonly old: unknown;
  readonly path: string;
}

function walk(place: Place, errors: FieldError[]): void {
  const { schema, value, old, path } = place;
  if (value === undefined || value === null) return;
  for (const rule of schema.validations ?? []) {
    const error = evaluate(rule, place);
    if (error) errors.push(error);
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items)
      value.forEach((item, index) =>
        walk({ schema: items, value: item, old: oldItem(schema, item, old), path: `${path}[${index}]` }, errors),
      );
    return;
  }
  if (!isRecord(value)) return;
  for (const key of Object.keys(value)) {
    const declared = schema.properties?.[key];
    const field = declared ?? schema.additionalProperties;
    if (!field) continue;
    const inner = declared ? (path === '' ? key : `${path}.${key}`) : `${path}[${key}]`;
    walk({ schema: field, value: value[key], old: isRecord(old) ? old[key] : undefined, path: inner }, errors);
  }
}

/** Items of keyed lists have an old self; those of other lists have none. */
function oldItem({ listType, listMapKeys = [] }: Schema, item: unknown, old: unknown): unknown {
  if (listType !== 'map' || !Array.isArray(old) || !isRecord(item)) return undefined;
  return (old as unknown[]).find((one) => isRecord(one) && listMapKeys.every((key) => one[key] === item[key]));
}

const programs = new WeakMap<ValidationRule, CelProgram | undefined>();

function programOf(rule: ValidationRule): CelProgram | undefined {
  if (!programs.has(rule)) {
    const compiled = compileCel(rule.rule);
    programs.set(rule, 'problem' in compiled ? undefined : compiled);
  }
  return programs.get(rule);
}

function evaluate(rule: ValidationRule, { value, old, path, schema }: Place): FieldError | undefined {
  const program = programOf(rule);
  if (!program) return undefined;
  // A rule about a transition is not asked when there is none.
  if (program.uses('oldSelf') && old === undefined && rule.optionalOldSelf !== true) return undefined;
  const variables = { self: value, ...(old === undefined ? {} : { oldSelf: old }) };
  const result = program.evaluate(variables);
  if (result.value === true) return undefined;
  const field = rule.fieldPath === undefined ? path : `${path}${rule.fieldPath}`;
  // Whole objects and lists are not shown.
  const shown = schema.type === 'object' || schema.type === 'array' ? undefined : value;
  if (result.problem !== undefined) {
    const what = `${result.problem.charAt(0).toLowerCase()}${result.problem.slice(1)} evaluating rule: ${rule.message ?? rule.rule.trim()}`;
    return invalid(field, shown ?? schema.type, what);
  }
  return errorOf(rule, { field: field.replace(/^\./, ''), shown, message: messageOf(rule, variables) });
}

function messageOf(rule: ValidationRule, variables: Readonly<Record<string, unknown>>): string {
  if (rule.messageExpression !== undefined) {
    const compiled = compileCel(rule.messageExpression);
    const made = 'problem' in compiled ? undefined : compiled.evaluate(variables).value;
    if (typeof made === 'string' && made.trim() !== '') return made;
  }
  return rule.message ?? `failed rule: ${rule.rule.trim()}`;
}

function errorOf(
  { reason }: ValidationRule,
  { field, shown, message }: { field: string; shown: unknown; message: string },
): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbiddenField(field, message);
    case 'FieldValueRequired':
      return required(field, message);
    case 'FieldValueDuplicate':
      return { reason, field, message: `Duplicate value: ${JSON.stringify(shown)}` };
    default:
      return shown === undefined
        ? { reason: 'FieldValueInvalid', field, message: `Invalid value: ${message}` }
        : invalid(field, shown, message);
  }
}
