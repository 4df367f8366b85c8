import { WindlassError } from '#base/errors';

export function registryUnreachable(host: string, why: string, cause?: unknown): WindlassError {
  return new WindlassError({
    code: 'REGISTRY_UNREACHABLE',
    kind: 'Unavailable',
    message: `The registry "${host}" could not be reached: ${why}.`,
    hint: 'Check the URL, the network, the proxy and the certificate authority of the registry.',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function registryAuthFailed(host: string, why: string): WindlassError {
  return new WindlassError({
    code: 'REGISTRY_AUTH_FAILED',
    kind: 'Unauthenticated',
    message: `The registry "${host}" refused access: ${why}.`,
    hint: 'Check the user name and password or token of the registry.',
    retry: 'later',
  });
}

export function artifactNotFound(reference: string): WindlassError {
  return new WindlassError({
    code: 'REGISTRY_NOT_FOUND',
    kind: 'NotFound',
    message: `The registry has no "${reference}", or the credentials may not see it.`,
    hint: 'Check the name, the tag and the credentials.',
    retry: 'later',
  });
}

export function digestMismatch(reference: string): WindlassError {
  return new WindlassError({
    code: 'REGISTRY_DIGEST_MISMATCH',
    kind: 'Unavailable',
    message: `The registry's answer for "${reference}" does not match its digest, and was refused.`,
    hint: 'The registry or something on the way to it changes content. Ask its administrator.',
  });
}

export function invalidReference(text: string, why: string): WindlassError {
  return new WindlassError({
    code: 'REGISTRY_REFERENCE_INVALID',
    kind: 'InvalidInput',
    message: `"${text.slice(0, 200)}" is no reference of an OCI artifact: ${why}.`,
    hint: 'Use oci://host[:port]/path, and a tag or a sha256 digest as revision.',
  });
}

export function invalidArchive(why: string): WindlassError {
  return new WindlassError({
    code: 'ARCHIVE_INVALID',
    kind: 'InvalidInput',
    message: `The archive was refused: ${why}.`,
    hint: 'Pack only files and directories below one root, without links.',
  });
}

export function archiveTooLarge(why: string): WindlassError {
  return new WindlassError({
    code: 'ARCHIVE_LIMIT',
    kind: 'ResourceExhausted',
    message: `The archive was refused: ${why}.`,
    retry: 'never',
  });
}
