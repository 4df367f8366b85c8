import Type from 'typebox';
import { errorTable } from '#base/errors';
import type { ErrorDetail, ErrorKind } from '#base/errors';

const kinds = Object.keys(errorTable) as ErrorKind[];

/** A `WindlassError` as it stands in an answer: make it an error again with `new WindlassError(detail)`. */
export const ErrorDetailSchema = Type.Unsafe<ErrorDetail>(
  Type.Object({
    code: Type.String(),
    kind: Type.Enum(kinds),
    message: Type.String(),
    hint: Type.Optional(Type.String()),
    retry: Type.Optional(Type.Enum(['never', 'later', 'now'])),
    at: Type.Optional(
      Type.Object({
        file: Type.Optional(Type.String()),
        field: Type.Optional(Type.String()),
        line: Type.Optional(Type.Number()),
      }),
    ),
  }),
);
