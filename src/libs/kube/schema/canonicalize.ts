import { toCompiledForm } from './compiled-form.ts';
import type { Schema } from './schema.ts';

/**
 * A value of `schema` in the form in which the server stores it, for tests of equality: canonical quantities and times, no nulls
 * or empty optional values in compiled types. `compiled` is told by the root schema; a custom resource is stored as it was sent.
 */
export function canonicalize<T>(schema: Schema, value: T, compiled: boolean = schema.compiled === true): T {
  return compiled ? toCompiledForm(schema, value) : value;
}
