import Type from 'typebox';
import type { TSchema, TUnsafe, Static } from 'typebox';

/** An object of any shape, as the CRDs declare it. */
export function anyObject(options: Record<string, unknown> = {}): TUnsafe<Record<string, unknown>> {
  return Type.Unsafe<Record<string, unknown>>({ type: 'object', ...options });
}

/** A map from free keys to one type. */
export function mapOf<T extends TSchema>(
  values: T,
  options: Record<string, unknown> = {},
): TUnsafe<Record<string, Static<T>>> {
  return Type.Unsafe<Record<string, Static<T>>>({ type: 'object', additionalProperties: values, ...options });
}

/** Kubernetes' int-or-string. */
export function intOrString(): TUnsafe<number | string> {
  return Type.Unsafe<number | string>({
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    'x-kubernetes-int-or-string': true,
  });
}
