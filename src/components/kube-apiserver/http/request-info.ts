/** What a path means: the API's coordinates of a request. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
  /** What stands after the subresource, for proxies. */
  readonly rest: string;
  /** The old /watch/ form of a path. */
  readonly isWatch: boolean;
}

/** Parses `/api/v1/...` and `/apis/<group>/<version>/...`; undefined for paths that name no resource. */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const parts = path
    .split('/')
    .filter((one) => one !== '')
    .map(decode);
  const prefix = parts[0] === 'api' ? 2 : parts[0] === 'apis' ? 3 : 0;
  if (prefix === 0 || parts.length <= prefix) return undefined;
  const group = prefix === 2 ? '' : (parts[1] ?? '');
  const version = parts[prefix - 1] ?? '';
  let rest = parts.slice(prefix);
  const isWatch = rest[0] === 'watch' && rest.length > 1;
  if (isWatch) rest = rest.slice(1);
  return { group, version, isWatch, ...placeOf(rest) };
}

type Place = Omit<ResourcePath, 'group' | 'version' | 'isWatch'>;

function placeOf(parts: readonly string[]): Place {
  // The status and finalize subresources belong to the namespace itself, everything else below it is in it.
  const isInNamespace =
    parts[0] === 'namespaces' && parts.length > 2 && parts[2] !== 'status' && parts[2] !== 'finalize';
  const [namespace, own] = isInNamespace ? [parts[1] ?? '', parts.slice(2)] : ['', parts];
  const [resource = '', name = '', subresource = '', ...rest] = own;
  return { namespace, resource, name, subresource, rest: rest.join('/') };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
