import { isRecord } from '#base/json';
import { ownField } from '../own-field.ts';
import type { FieldError } from './field-error.ts';
import { invalidValue } from './field-error.ts';
import type { Schema } from './schema.ts';
import { scalarErrors } from './validate-scalar.ts';
import { listErrors, mapErrors } from './validate-size.ts';

export type { FieldError } from './field-error.ts';

/**
 * What is wrong with an object by the structural schema of its CRD, in the API server's words. CEL rules
 * (`x-kubernetes-validations`) are not evaluated here.
 */
export function validateSchema(schema: Schema, object: unknown): readonly FieldError[] {
  const errors: FieldError[] = [];
  validate(schema, object, { path: '', errors });
  return errors;
}

interface Walk {
  readonly path: string;
  readonly errors: FieldError[];
}

function validate(schema: Schema, value: unknown, walk: Walk): void {
  if (value === undefined || (value === null && schema.nullable === true)) return;
  const typeError = checkType(schema, value, walk.path);
  if (typeError !== undefined) {
    walk.errors.push(typeError);
    // The server goes on with a scalar of the wrong type.
    if (typeof value !== 'object') walk.errors.push(...scalarErrors(schema, value, walk.path));
    return;
  }
  validateCombinations(schema, value, walk);
  if (Array.isArray(value)) {
    walk.errors.push(...listErrors(schema, value, walk.path));
    for (const [index, item] of value.entries())
      validate(schema.items ?? {}, item, { ...walk, path: `${walk.path}[${index}]` });
  } else if (isRecord(value)) {
    walk.errors.push(...mapErrors(schema, value, walk.path));
    validateFields(schema, value, walk);
  } else {
    walk.errors.push(...scalarErrors(schema, value, walk.path));
  }
}

function validateFields(schema: Schema, map: Readonly<Record<string, unknown>>, walk: Walk): void {
  for (const key of Object.keys(map)) {
    const field = schema.properties?.[key] ?? schema.additionalProperties;
    if (field !== undefined)
      validate(field, ownField(map, key), { ...walk, path: walk.path === '' ? key : `${walk.path}.${key}` });
  }
}

function checkType(schema: Schema, value: unknown, path: string): FieldError | undefined {
  if (schema.intOrString === true) {
    if (typeof value === 'string' || Number.isInteger(value)) return undefined;
    return typeError('integer,string', value, path);
  }
  return schema.type === undefined || hasType(schema.type, value) ? undefined : typeError(schema.type, value, path);
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    default:
      return typeof value === type;
  }
}

/** The server names the type that it found, not the value. */
function typeError(expected: string, value: unknown, path: string): FieldError {
  const found = typeName(value);
  return {
    reason: 'FieldValueTypeInvalid',
    field: path === '' ? '' : path,
    message: `Invalid value: ${JSON.stringify(found)}: ${path} in body must be of type ${expected}: ${JSON.stringify(found)}`,
  };
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function validateCombinations(schema: Schema, value: unknown, walk: Walk): void {
  validateAll(schema.allOf ?? [], value, walk);
  if (schema.anyOf !== undefined && !schema.anyOf.some((branch) => isValid(branch, value))) {
    walk.errors.push(combinationError(walk.path, 'must validate at least one schema (anyOf)'));
    addBestBranch(schema.anyOf, value, walk);
  }
  if (schema.oneOf !== undefined) validateOne(schema.oneOf, value, walk);
  if (schema.not !== undefined && isValid(schema.not, value)) {
    walk.errors.push(combinationError(walk.path, 'must not validate the schema (not)'));
  }
}

function validateAll(branches: readonly Schema[], value: unknown, walk: Walk): void {
  const failed = branches.filter((branch) => !isValid(branch, value));
  if (failed.length === 0) return;
  const none = failed.length === branches.length ? '. None validated' : '';
  walk.errors.push(combinationError(walk.path, `must validate all the schemas (allOf)${none}`));
  for (const branch of failed) validate(branch, value, walk);
}

function validateOne(branches: readonly Schema[], value: unknown, walk: Walk): void {
  const count = branches.filter((branch) => isValid(branch, value)).length;
  if (count === 1) return;
  const found = count === 0 ? 'Found none valid' : `Found ${count} valid alternatives`;
  walk.errors.push(combinationError(walk.path, `must validate one and only one schema (oneOf). ${found}`));
  if (count === 0) addBestBranch(branches, value, walk);
}

/** The server has no field for these: its text names the place. */
function combinationError(path: string, detail: string): FieldError {
  return invalidValue('<nil>', '', `${JSON.stringify(path)} ${detail}`);
}

function isValid(schema: Schema, value: unknown): boolean {
  const errors: FieldError[] = [];
  validate(schema, value, { path: '', errors });
  return errors.length === 0;
}

/** Of the branches that failed, the server shows the errors of the one that matched most. */
function addBestBranch(branches: readonly Schema[], value: unknown, walk: Walk): void {
  let best: FieldError[] | undefined;
  for (const branch of branches) {
    const errors: FieldError[] = [];
    validate(branch, value, { path: walk.path, errors });
    if (best === undefined || errors.length < best.length) best = errors;
  }
  walk.errors.push(...(best ?? []));
}
