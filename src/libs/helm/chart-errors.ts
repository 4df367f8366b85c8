import { WindlassError } from '#base/errors';

export function chartNotFound(name: string, version: string, url: string): WindlassError {
  return new WindlassError({
    code: 'CHART_NOT_FOUND',
    kind: 'NotFound',
    message: `The chart "${name}" has no version "${version}" in the Helm repository "${hostOf(url)}".`,
    hint: 'Check the name of the chart and its version, or range of versions.',
    retry: 'later',
  });
}

/** The repository did not answer, or not as a Helm repository does. URLs may hold secrets: only the host is named. */
export function repositoryProblem(url: string, why: string, cause?: unknown): WindlassError {
  return new WindlassError({
    code: 'HELM_REPOSITORY_UNREACHABLE',
    kind: 'Unavailable',
    message: `The Helm repository "${hostOf(url)}" could not be read: ${why}.`,
    hint: 'Check the URL, the network, the proxy and the certificate authority of the repository.',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function repositoryRefused(url: string, hasCredentials: boolean): WindlassError {
  return new WindlassError({
    code: 'HELM_REPOSITORY_AUTH_FAILED',
    kind: 'Unauthenticated',
    message: hasCredentials
      ? `The Helm repository "${hostOf(url)}" rejected the credentials.`
      : `The Helm repository "${hostOf(url)}" asks for credentials and none are configured.`,
    hint: 'Check the user name and password of the repository or its credential template.',
    retry: 'later',
  });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url.replace(/^[^@]*@/, '').slice(0, 100);
}
