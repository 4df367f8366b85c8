import type { ErrorKind } from '#base/errors';
import { WindlassError } from '#base/errors';
import type { KubeStatus } from './objects.ts';

const kindByReason: Readonly<Record<string, ErrorKind>> = {
  NotFound: 'NotFound',
  AlreadyExists: 'AlreadyExists',
  Conflict: 'Conflict',
  Invalid: 'InvalidInput',
  BadRequest: 'InvalidInput',
  Unauthorized: 'Unauthenticated',
  Forbidden: 'Forbidden',
  Timeout: 'Unavailable',
  ServerTimeout: 'Unavailable',
  ServiceUnavailable: 'Unavailable',
  TooManyRequests: 'ResourceExhausted',
  Expired: 'FailedPrecondition',
  Gone: 'FailedPrecondition',
  MethodNotAllowed: 'InvalidInput',
  UnsupportedMediaType: 'InvalidInput',
};

const kindByCode: Readonly<Record<number, ErrorKind>> = {
  400: 'InvalidInput',
  401: 'Unauthenticated',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'InvalidInput',
  409: 'Conflict',
  410: 'FailedPrecondition',
  413: 'InvalidInput',
  415: 'InvalidInput',
  422: 'InvalidInput',
  429: 'ResourceExhausted',
  500: 'Unavailable',
  503: 'Unavailable',
  504: 'Unavailable',
};

/** Thrown when the API server answers with a failure. `status` is its own words; `reason` its machine-readable reason. */
export class KubeApiError extends WindlassError {
  readonly status: KubeStatus;
  readonly httpStatus: number;

  constructor(httpStatus: number, status: KubeStatus) {
    const reason = status.reason ?? '';
    super({
      code: `KUBE_${(reason || `HTTP_${httpStatus}`).replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}`,
      kind: kindByReason[reason] ?? kindByCode[httpStatus] ?? 'Unavailable',
      message: status.message ?? `The Kubernetes API answered ${httpStatus}.`,
    });
    this.name = 'KubeApiError';
    this.status = status;
    this.httpStatus = httpStatus;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
}

/** Thrown when no answer came: connection refused, reset, TLS failure, timed out. A retry can help. */
export class KubeUnreachable extends WindlassError {
  constructor(server: string, cause: unknown) {
    const why = cause instanceof Error ? ((cause.cause as Error | undefined)?.message ?? cause.message) : String(cause);
    super({
      code: 'KUBE_UNREACHABLE',
      kind: 'Unavailable',
      message: `The cluster at ${server} did not answer: ${why}`,
      cause,
    });
    this.name = 'KubeUnreachable';
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof KubeApiError && error.httpStatus === 404;
}

export function isConflict(error: unknown): boolean {
  return error instanceof KubeApiError && error.httpStatus === 409 && error.reason !== 'AlreadyExists';
}

export function isAlreadyExists(error: unknown): boolean {
  return error instanceof KubeApiError && error.reason === 'AlreadyExists';
}

/** True when a watch or continue token is too old: list again. */
export function isExpired(error: unknown): boolean {
  return (
    error instanceof KubeApiError && (error.httpStatus === 410 || error.reason === 'Expired' || error.reason === 'Gone')
  );
}
