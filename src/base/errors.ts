/** Whether the same call can succeed later without anybody changing its input. */
export type Retry = 'never' | 'later' | 'now';

/** The handful of kinds that callers branch on; `errorTable` says what each becomes on every surface. */
export type ErrorKind =
  | 'InvalidInput'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Unauthenticated'
  | 'Forbidden'
  | 'Unavailable'
  | 'DeadlineExceeded'
  | 'Cancelled'
  | 'ResourceExhausted'
  | 'FailedPrecondition'
  | 'Unimplemented'
  | 'Internal';

export interface ErrorSurface {
  readonly http: number;
  readonly grpc: number;
  /** Exit code of the command line (`compatibility.md` m). */
  readonly exit: number;
  readonly retry: Retry;
}

/** One table: kind → HTTP status, gRPC code, CLI exit code, and whether a retry helps by default. */
export const errorTable: Readonly<Record<ErrorKind, ErrorSurface>> = Object.freeze({
  InvalidInput: { http: 400, grpc: 3, exit: 20, retry: 'never' },
  NotFound: { http: 404, grpc: 5, exit: 20, retry: 'never' },
  AlreadyExists: { http: 409, grpc: 6, exit: 20, retry: 'never' },
  Conflict: { http: 409, grpc: 10, exit: 20, retry: 'now' },
  Unauthenticated: { http: 401, grpc: 16, exit: 20, retry: 'never' },
  Forbidden: { http: 403, grpc: 7, exit: 20, retry: 'never' },
  Unavailable: { http: 503, grpc: 14, exit: 20, retry: 'later' },
  DeadlineExceeded: { http: 504, grpc: 4, exit: 20, retry: 'later' },
  Cancelled: { http: 499, grpc: 1, exit: 20, retry: 'never' },
  ResourceExhausted: { http: 429, grpc: 8, exit: 20, retry: 'later' },
  FailedPrecondition: { http: 400, grpc: 9, exit: 20, retry: 'never' },
  Unimplemented: { http: 501, grpc: 12, exit: 20, retry: 'never' },
  Internal: { http: 500, grpc: 13, exit: 20, retry: 'later' },
});

export interface ErrorDetail {
  /** Stable, SCREAMING_SNAKE, documented in docs/reference/errors.md. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** What happened and why, for a person. Sentence case; values quoted; no secrets, no stack. */
  readonly message: string;
  /** What to do next, when the code knows. */
  readonly hint?: string;
  readonly retry?: Retry;
  readonly cause?: unknown;
  /** Where in the user's input: a file, a field, a line (1-based). */
  readonly at?: { readonly file?: string; readonly field?: string; readonly line?: number };
}

/** The one error type that crosses module doors. */
export class WindlassError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly retry: Retry;
  readonly hint: string | undefined;
  readonly at: ErrorDetail['at'];

  constructor(detail: ErrorDetail) {
    super(detail.message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'WindlassError';
    this.code = detail.code;
    this.kind = detail.kind;
    this.retry = detail.retry ?? errorTable[detail.kind].retry;
    this.hint = detail.hint;
    this.at = detail.at;
  }

  /** The shape that travels over a contract's network transport. */
  toJSON(): ErrorDetail {
    return {
      code: this.code,
      kind: this.kind,
      message: this.message,
      retry: this.retry,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.at === undefined ? {} : { at: this.at }),
    };
  }
}

/** Any thrown value as a WindlassError; what is not ours becomes `Internal` with the original as cause. */
export function toWindlassError(error: unknown): WindlassError {
  if (error instanceof WindlassError) return error;
  if (isAbortError(error))
    return new WindlassError({
      code: 'CANCELLED',
      kind: 'Cancelled',
      message: 'The call was cancelled.',
      cause: error,
    });
  const message = error instanceof Error ? error.message : String(error);
  return new WindlassError({ code: 'INTERNAL', kind: 'Internal', message, cause: error });
}

/** True for what an aborted signal throws. */
export function isAbortError(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}
