import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Validator } from 'typebox/compile';
import { WindlassError } from '#base/errors';

const compiled = new WeakMap<TSchema, Validator>();

/** Checks a message against its schema. Throws RPC_MESSAGE_INVALID, which names the first field that is wrong, never its value. */
export function assertValid(schema: TSchema, value: unknown, what: string): void {
  let validator = compiled.get(schema);
  if (!validator) compiled.set(schema, (validator = Compile(schema)));
  if (validator.Check(value)) return;
  const [first] = validator.Errors(value);
  const field = first?.instancePath || '/';
  throw new WindlassError({
    code: 'RPC_MESSAGE_INVALID',
    kind: 'InvalidInput',
    message: `The ${what} is not valid at "${field}": ${first?.message ?? 'it does not match the schema'}.`,
    at: { field },
  });
}
