/** The parts of a repository URL that decide whether credentials apply to it. */
interface UrlScope {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  readonly segments: readonly string[];
}

const defaultPorts: Readonly<Record<string, string>> = { https: '443', http: '80', ssh: '22' };

/**
 * How specifically a template's URL covers a repository's: the number of its path segments, or -1 when it does not. The
 * scheme, the host and the port must be equal and the path must agree by whole segments (`safety.md` finding 10:
 * `https://host/org` does not cover `https://host/org-evil`). A difference from Argo CD on purpose.
 */
export function coverage(templateUrl: string, repositoryUrl: string): number {
  const template = parseScope(templateUrl);
  const repository = parseScope(repositoryUrl);
  if (!template || !repository) return -1;
  const sameOrigin =
    template.scheme === repository.scheme && template.host === repository.host && template.port === repository.port;
  const samePath = template.segments.every((segment, i) => repository.segments[i] === segment);
  return sameOrigin && samePath ? template.segments.length : -1;
}

/** The host of a repository URL in any of its spellings, lower case, without port. */
export function hostOf(url: string): string | undefined {
  return parseScope(url)?.host;
}

function parseScope(url: string): UrlScope | undefined {
  const text = url.trim().toLowerCase();
  const absolute = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#]*@)?(\[[^\]]+\]|[^/:?#]*)(?::(\d+))?(\/[^?#]*)?$/.exec(text);
  if (absolute) {
    const [, scheme = '', host = '', port, path = ''] = absolute;
    const name = scheme === 'git+ssh' ? 'ssh' : scheme;
    return toScope(name, host, port ?? defaultPorts[name] ?? '', path);
  }
  const scp = /^(?:[^@/:]+@)?([^/:@]+):(?!\d+(?:\/|$))(.*)$/.exec(text);
  if (scp) return toScope('ssh', scp[1] ?? '', '22', scp[2] ?? '');
  // A registry is often written as a bare "host[:port]/path".
  const bare = /^([^/:@\s]+)(?::(\d+))?(\/.*)?$/.exec(text);
  return bare ? toScope('oci', bare[1] ?? '', bare[2] ?? '', bare[3] ?? '') : undefined;
}

function toScope(scheme: string, host: string, port: string, path: string): UrlScope | undefined {
  const segments = path
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .filter(Boolean);
  // A path that climbs could match one place and be read as another.
  if (segments.some((segment) => segment === '.' || segment === '..' || /%2e|%2f/.test(segment))) return undefined;
  return host === '' ? undefined : { scheme, host, port, segments };
}
