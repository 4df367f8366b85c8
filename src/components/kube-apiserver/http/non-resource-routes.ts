import { failure, notAcceptable } from '../answers/api-errors.ts';
import { aggregatedDiscovery, groupList, resourceList, singleGroup } from '../discovery/discovery-documents.ts';
import type { OpenApiService } from '../openapi/openapi-service.ts';
import type { ApiDocuments } from '../resources/api-documents.ts';
import type { ServerState } from '../operations/server-state.ts';
import type { ApiAnswer, ApiRequest } from './api-request.ts';
import { parseMediaTypes } from './negotiate.ts';

export interface NonResourceRoutes {
  handle(request: ApiRequest): Promise<ApiAnswer | undefined> | ApiAnswer | undefined;
}

const plain = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
const checks = ['ping', 'log', 'etcd', 'informer-sync'];

/** Health, version, discovery and OpenAPI. */
export function nonResourceRoutes(
  server: ServerState,
  documents: ApiDocuments,
  openApi: OpenApiService,
): NonResourceRoutes {
  return {
    handle(request) {
      const { path, method } = request;
      if (method !== 'GET' && method !== 'HEAD') return undefined;
      if (path === '/version' || path === '/version/') return json(request, versionOf(documents));
      if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) return health(request);
      if (path === '/openapi/v2') return openApi.v2(request);
      if (path === '/openapi/v3' || path.startsWith('/openapi/v3/')) return openApi.v3(request);
      if (path === '/') return json(request, { paths: pathsOf(server) });
      return discovery(server, request);
    },
  };
}

function json({ query, userAgent }: ApiRequest, value: unknown): ApiAnswer {
  const isPretty = query.has('pretty') || userAgent.startsWith('curl/');
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(isPretty ? JSON.stringify(value, undefined, 2) : `${JSON.stringify(value)}\n`),
  };
}

/** The version of the Kubernetes that is simulated; the build metadata says that it is. */
export function versionOf({ discovery }: ApiDocuments): Readonly<Record<string, string>> {
  const { gitVersion = '', ...rest } = discovery.version;
  return {
    ...rest,
    gitVersion: `${gitVersion.split('+')[0] ?? ''}+windlass`,
    gitCommit: 'simulated',
    platform: `${process.platform}/${process.arch}`,
    compiler: 'node',
    goVersion: process.version,
  };
}

function health({ path, query }: ApiRequest): ApiAnswer {
  const [, name = '', check = ''] = path.split('/');
  if (check !== '' && !checks.includes(check))
    return { status: 404, headers: plain, body: Buffer.from('404 page not found\n') };
  const lines = checks.map((one) => `[+]${one} ok\n`).join('');
  const body = query.has('verbose') ? `${lines}${name} check passed\n` : 'ok';
  return { status: 200, headers: plain, body: Buffer.from(body) };
}

function pathsOf({ registry }: ServerState): readonly string[] {
  const paths = new Set([
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    '/healthz',
    '/livez',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/readyz',
    '/version',
  ]);
  for (const { group, version } of registry.all()) {
    if (group === '') continue;
    paths.add(`/apis/${group}`);
    paths.add(`/apis/${group}/${version}`);
  }
  return [...paths].sort();
}

function discovery(server: ServerState, request: ApiRequest): ApiAnswer | undefined {
  const [root, group = '', version = '', ...more] = request.path.split('/').filter((one) => one !== '');
  if (more.length > 0 || (root !== 'api' && root !== 'apis')) return undefined;
  if (root === 'api')
    return group === ''
      ? discoveryRoot(server, request, 'core')
      : legacy(server, request, { group: '', version: group });
  if (group === '') return discoveryRoot(server, request, 'groups');
  if (!server.registry.serves(group)) return undefined;
  if (version === '') return json(request, singleGroup(server.registry, group));
  return legacy(server, request, { group, version });
}

function legacy(
  { registry }: ServerState,
  request: ApiRequest,
  { group, version }: { group: string; version: string },
): ApiAnswer {
  if (registry.servesVersion(group, version)) return json(request, resourceList(registry, { group, version }));
  throw failure({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  });
}

/** One document with everything for clients that know it, the old lists for the others. */
function discoveryRoot({ registry }: ServerState, request: ApiRequest, part: 'core' | 'groups'): ApiAnswer {
  for (const { type, parameters } of parseMediaTypes(request.accept === '' ? '*/*' : request.accept)) {
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    if (parameters.get('as') === 'APIGroupDiscoveryList') {
      if (parameters.get('v') !== 'v2') continue;
      const answer = json(request, aggregatedDiscovery(registry, part));
      return {
        ...answer,
        headers: {
          'content-type': 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
          etag: `"${registry.generation}-${part}"`,
          vary: 'Accept',
        },
      };
    }
    return json(request, part === 'core' ? coreVersions : groupList(registry));
  }
  throw notAcceptable(['application/json']);
}

const coreVersions = {
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }],
};
