import { WindlassError } from '#base/errors';
import { displayUrl } from './remote-url.ts';

/** The remote did not answer, or not with Git's protocol. */
export function unreachable(url: string, why: string, cause?: unknown): WindlassError {
  return new WindlassError({
    code: 'GIT_UNREACHABLE',
    kind: 'Unavailable',
    message: `The Git repository "${displayUrl(url)}" could not be reached: ${why}.`,
    hint: 'Check the URL, the network, the proxy and the certificate authority of the repository.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The remote refused who we are. */
function authFailed(url: string, hasCredentials: boolean): WindlassError {
  return new WindlassError({
    code: 'GIT_AUTH_FAILED',
    kind: 'Unauthenticated',
    message: hasCredentials
      ? `The Git repository "${displayUrl(url)}" rejected the credentials.`
      : `The Git repository "${displayUrl(url)}" asks for credentials and none are configured.`,
    hint: hasCredentials
      ? 'Check the user name, password, token or key in the repository or its credential template.'
      : 'Add the repository with credentials, or a credential template whose URL covers it.',
    retry: 'later',
  });
}

export function repositoryNotFound(url: string): WindlassError {
  return new WindlassError({
    code: 'GIT_REPOSITORY_NOT_FOUND',
    kind: 'NotFound',
    message: `There is no Git repository at "${displayUrl(url)}", or the credentials may not see it.`,
    hint: 'Check the spelling of the URL and that the credentials have access to it.',
    retry: 'later',
  });
}

/** The phrase that users of Argo CD know. */
export function revisionNotFound(revision: string, why?: string, cause?: unknown): WindlassError {
  const shown = revision.length > 100 ? `${revision.slice(0, 100)}…` : revision;
  return new WindlassError({
    code: 'GIT_REVISION_NOT_FOUND',
    kind: 'NotFound',
    message: `Unable to resolve '${shown}' to a commit SHA${why ? `: ${why}` : ''}`,
    hint: 'Check that the branch, tag or commit exists in the repository and is spelled as there.',
    retry: 'later',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function invalidRevision(revision: string, why: string): WindlassError {
  const shown = JSON.stringify(revision.slice(0, 100)).slice(1, -1);
  return new WindlassError({
    code: 'GIT_REVISION_INVALID',
    kind: 'InvalidInput',
    message: `Unable to resolve '${shown}' to a commit SHA: ${why}`,
    hint: 'Use a branch, a tag, a full ref name, a commit SHA or a semantic version range.',
  });
}

export function invalidPath(path: string, why: string): WindlassError {
  return new WindlassError({
    code: 'GIT_PATH_INVALID',
    kind: 'InvalidInput',
    message: `The path "${path.slice(0, 100)}" ${why}.`,
    hint: 'Use a path relative to the root of the repository.',
  });
}

export function pathNotFound(path: string): WindlassError {
  return new WindlassError({
    code: 'GIT_PATH_NOT_FOUND',
    kind: 'NotFound',
    message: `The path "${path.slice(0, 200)}" does not exist in the repository at this revision.`,
    hint: 'Check the path of the source and its target revision.',
  });
}

export function symlinkOutside(path: string): WindlassError {
  return new WindlassError({
    code: 'GIT_SYMLINK_OUTSIDE',
    kind: 'InvalidInput',
    message: `The symbolic link "${path}" leads out of the repository.`,
    hint: 'Replace the link by a file, or by a link to a place inside the repository.',
  });
}

export function limitExceeded(message: string): WindlassError {
  return new WindlassError({ code: 'GIT_LIMIT_EXCEEDED', kind: 'ResourceExhausted', message, retry: 'never' });
}

/** An answer with an HTTP status that is no success, as the error it means. */
export function httpStatusError(url: string, status: number, hasCredentials: boolean): WindlassError {
  if (status === 401 || status === 403) return authFailed(url, hasCredentials);
  if (status === 404 || status === 410) return repositoryNotFound(url);
  return unreachable(url, `the server answered with status ${status}`);
}
