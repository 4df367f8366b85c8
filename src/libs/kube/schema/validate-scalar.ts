import { deepEqual } from '#base/json';
import { RE2JS } from 're2js';
import type { FieldError } from './field-error.ts';
import { invalidValue, quoteValue } from './field-error.ts';
import { matchesFormat } from './formats.ts';
import type { Schema } from './schema.ts';

/** Errors of a text, number or boolean whose type is right. */
export function scalarErrors(schema: Schema, value: unknown, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (typeof value === 'string') errors.push(...textErrors(schema, value, field));
  if (typeof value === 'number') errors.push(...numberErrors(schema, value, field));
  if (schema.enum !== undefined && !schema.enum.some((one) => deepEqual(one, value))) {
    const supported = schema.enum.map((one) => quoteValue(typeof one === 'string' ? one : quoteValue(one))).join(', ');
    errors.push({
      reason: 'FieldValueNotSupported',
      field,
      message: `Unsupported value: ${quoteValue(value)}: supported values: ${supported}`,
    });
  }
  return errors;
}

function textErrors(schema: Schema, text: string, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const length = Array.from(text).length;
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    errors.push({
      reason: 'FieldValueTooLong',
      field,
      message: `Too long: may not be more than ${schema.maxLength} bytes`,
    });
  }
  if (schema.minLength !== undefined && length < schema.minLength) {
    errors.push(invalidValue(field, text, `${field} in body should be at least ${schema.minLength} chars long`));
  }
  if (schema.pattern !== undefined && !matchesPattern(schema.pattern, text)) {
    errors.push(invalidValue(field, text, `${field} in body should match '${schema.pattern}'`));
  }
  if (schema.format !== undefined && !matchesFormat(schema.format, text)) {
    errors.push({
      reason: 'FieldValueTypeInvalid',
      field,
      message: `Invalid value: ${quoteValue(text)}: ${field} in body must be of type ${schema.format}: ${quoteValue(text)}`,
    });
  }
  return errors;
}

/** Patterns come from users: they run in linear time. One that does not compile was let in by a CRD and matches nothing. */
function matchesPattern(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern).matcher(text).find();
  } catch {
    return false;
  }
}

/** The server has no field for these: its text names the place. */
function integerErrors({ type, format }: Schema, value: number, field: string): readonly FieldError[] {
  if (type !== 'integer') return [];
  const isWhole = Number.isInteger(value);
  if (isWhole && (format !== 'int32' || Math.abs(value) < 2 ** 31)) return [];
  const expected = isWhole ? `integer with format ${format}` : 'integer (default format)';
  return [invalidValue('<nil>', '', `Checked value must be of type ${expected} in ${field}`)];
}

function numberErrors(schema: Schema, value: number, field: string): readonly FieldError[] {
  const { minimum, maximum, multipleOf } = schema;
  const errors: FieldError[] = [...integerErrors(schema, value, field)];
  if (maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    errors.push(
      invalidValue(
        field,
        value,
        `${field} in body should be less than ${schema.exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`,
      ),
    );
  }
  if (minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    errors.push(
      invalidValue(
        field,
        value,
        `${field} in body should be greater than ${schema.exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`,
      ),
    );
  }
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) {
    errors.push(invalidValue(field, value, `${field} in body should be a multiple of ${multipleOf}`));
  }
  return errors;
}
