import { KubeApiError } from '#libs/kube';
import type { KubeStatus } from '#libs/kube';

/** What an error is about: the plural with its group, as the messages name it. */
export interface ErrorSubject {
  readonly group: string;
  readonly resource: string;
}

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

type StatusDetails = NonNullable<KubeStatus['details']>;

interface Failure {
  readonly code: number;
  readonly reason?: string;
  readonly message: string;
  readonly details?: StatusDetails;
}

export function failure({ code, reason, message, details }: Failure): KubeApiError {
  return new KubeApiError(code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  });
}

export function qualifiedResource({ group, resource }: ErrorSubject): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function detailsOf(subject: ErrorSubject, name: string): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(subject.group === '' ? {} : { group: subject.group }),
    kind: subject.resource,
  };
}

export function notFound(subject: ErrorSubject, name: string): KubeApiError {
  const message = `${qualifiedResource(subject)} "${name}" not found`;
  return failure({ code: 404, reason: 'NotFound', message, details: detailsOf(subject, name) });
}

export function alreadyExists(subject: ErrorSubject, name: string, isBeingDeleted = false): KubeApiError {
  const message = `${isBeingDeleted ? 'object is being deleted: ' : ''}${qualifiedResource(subject)} "${name}" already exists`;
  return failure({ code: 409, reason: 'AlreadyExists', message, details: detailsOf(subject, name) });
}

export function conflict(subject: ErrorSubject, name: string, why: string): KubeApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedResource(subject)} "${name}": ${why}`;
  return failure({ code: 409, reason: 'Conflict', message, details: detailsOf(subject, name) });
}

export const modifiedMeanwhile =
  'the object has been modified; please apply your changes to the latest version and try again';

export function badRequest(message: string): KubeApiError {
  return failure({ code: 400, reason: 'BadRequest', message });
}

export function forbidden(
  subject: ErrorSubject,
  name: string,
  { why, causes }: { readonly why: string; readonly causes?: readonly StatusCause[] },
): KubeApiError {
  const message = `${qualifiedResource(subject)}${name === '' ? '' : ` "${name}"`} is forbidden: ${why}`;
  const details = { ...detailsOf(subject, name), ...(causes === undefined ? {} : { causes: [...causes] }) };
  return failure({ code: 403, reason: 'Forbidden', message, details });
}

export function unauthorized(): KubeApiError {
  return failure({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
}

export function methodNotAllowed(): KubeApiError {
  const message = 'the server does not allow this method on the requested resource';
  return failure({ code: 405, reason: 'MethodNotAllowed', message, details: {} });
}

export function noSuchResource(): KubeApiError {
  const message = 'the server could not find the requested resource';
  return failure({ code: 404, reason: 'NotFound', message, details: {} });
}

export function unsupportedMediaType(accepted: readonly string[]): KubeApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return failure({ code: 415, reason: 'UnsupportedMediaType', message });
}

export function notAcceptable(accepted: readonly string[]): KubeApiError {
  const message = `only the following media types are accepted: ${accepted.join(', ')}`;
  return failure({ code: 406, reason: 'NotAcceptable', message });
}

export function internalError(message: string): KubeApiError {
  return failure({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
  });
}

export function expired(message: string): KubeApiError {
  return failure({ code: 410, reason: 'Expired', message });
}

export function tooManyRequests(message: string, causes: readonly StatusCause[]): KubeApiError {
  return failure({ code: 429, reason: 'TooManyRequests', message, details: { causes: [...causes] } });
}

/** A list or watch that asks for a revision which the server has not reached. */
export function revisionTooLarge(asked: number, current: number): KubeApiError {
  return failure({
    code: 504,
    reason: 'Timeout',
    message: `Too large resource version: ${asked}, current: ${current}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  });
}
