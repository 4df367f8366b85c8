/** Why a field is not valid, with Kubernetes' types and texts (`details.causes` of a Status). */
export interface FieldError {
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueTypeInvalid'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueDuplicate';
  /** `spec.containers[0].image`; empty for the object itself. */
  readonly field: string;
  /** Without the field: `Required value`, `Invalid value: "x": must be …`. */
  readonly message: string;
}

/** A value as field errors quote it: text in quotes, objects as JSON, null as "null". */
export function quoteValue(value: unknown): string {
  if (value === null || value === undefined) return '"null"';
  return JSON.stringify(value);
}

export function invalidValue(field: string, value: unknown, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${quoteValue(value)}: ${detail}` };
}
