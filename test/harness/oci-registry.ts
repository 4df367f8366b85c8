import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { packChart } from './chart-repository.ts';
import type { TestChart } from './chart-repository.ts';
import { readBody, startHttpServer } from './http-server.ts';
import type { HttpServerOptions, HttpTestServer } from './http-server.ts';

export interface OciRegistryOptions extends Omit<HttpServerOptions, 'auth'> {
  readonly auth?: { readonly username: string; readonly password: string };
  /** How the registry asks for credentials. Default `basic`; `token` sends clients to its own token service. */
  readonly authType?: 'basic' | 'token';
  /** Realm of the token service, when it is to be somewhere else. */
  readonly realm?: string;
  /** Tags in one page of a list. Default: all. */
  readonly pageSize?: number;
}

export interface PushedArtifact {
  readonly repository: string;
  readonly tag: string;
  readonly layers: readonly { readonly mediaType: string; readonly content: Uint8Array }[];
  readonly configType?: string;
  readonly config?: string;
}

export interface OciRegistry extends HttpTestServer {
  /** `host:port`. */
  readonly host: string;
  readonly blobs: Map<string, Uint8Array>;
  /** Stores an artifact; the digest of its manifest. */
  push(artifact: PushedArtifact): string;
  pushChart(repository: string, chart: TestChart): string;
}

interface StoredManifest {
  readonly content: Uint8Array;
  readonly mediaType: string;
}

interface Storage {
  readonly blobs: Map<string, Uint8Array>;
  /** `repository@digest` and `repository:tag`. */
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, Set<string>>;
  readonly uploads: Map<string, Buffer>;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** An OCI distribution registry in memory on loopback: pull and push (monolithic and chunked), tag lists with paging. */
export async function startOciRegistry(options: OciRegistryOptions = {}): Promise<OciRegistry> {
  const storage: Storage = { blobs: new Map(), manifests: new Map(), tags: new Map(), uploads: new Map() };
  const { auth: _auth, ...http } = options;
  const server = await startHttpServer((request, response) => {
    const url = new URL(request.url ?? '/', server.url);
    if (url.pathname === '/token') return grantToken(request, response, options);
    if (!isAllowed(request, options)) return challenge(response, options, server.url);
    void serve(storage, request, response, options.pageSize);
  }, http);
  const push: OciRegistry['push'] = ({
    repository,
    tag,
    layers,
    configType = 'application/vnd.oci.empty.v1+json',
    config = '{}',
  }) => {
    const store = (mediaType: string, content: Uint8Array) => {
      const digest = digestOf(content);
      storage.blobs.set(digest, content);
      return { mediaType, digest, size: content.length };
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: manifestType,
      config: store(configType, Buffer.from(config)),
      layers: layers.map(({ mediaType, content }) => store(mediaType, content)),
    };
    return storeManifest(storage, repository, tag, {
      mediaType: manifestType,
      content: Buffer.from(JSON.stringify(manifest)),
    });
  };
  return Object.assign(server, {
    host: new URL(server.url).host,
    blobs: storage.blobs,
    push,
    pushChart: (repository: string, chart: TestChart) =>
      push({
        repository,
        tag: chart.version.replaceAll('+', '_'),
        configType: 'application/vnd.cncf.helm.config.v1+json',
        config: JSON.stringify({ apiVersion: 'v2', name: chart.name, version: chart.version }),
        layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', content: packChart(chart) }],
      }),
  });
}

const grantedToken = 'granted-token';

function isAllowed(request: IncomingMessage, { auth, authType = 'basic' }: OciRegistryOptions): boolean {
  if (!auth) return true;
  return request.headers.authorization === (authType === 'token' ? `Bearer ${grantedToken}` : basicOf(auth));
}

function challenge(response: ServerResponse, { authType = 'basic', realm }: OciRegistryOptions, url: string): void {
  const bearer = `Bearer realm="${realm ?? `${url}/token`}",service="test-registry",scope="repository:x:pull"`;
  response.writeHead(401, { 'www-authenticate': authType === 'token' ? bearer : 'Basic realm="test-registry"' }).end();
}

function grantToken(request: IncomingMessage, response: ServerResponse, { auth }: OciRegistryOptions): void {
  if (auth && request.headers.authorization !== basicOf(auth)) response.writeHead(401).end();
  else response.writeHead(200).end(JSON.stringify({ token: grantedToken, expires_in: 300 }));
}

function basicOf({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function serve(
  storage: Storage,
  request: IncomingMessage,
  response: ServerResponse,
  pageSize?: number,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, repository = '', resource = '', name = ''] =
    /^\/v2\/(.+)\/(tags|manifests|blobs)\/(.*)$/.exec(url.pathname) ?? [];
  if (url.pathname === '/v2/') response.writeHead(200).end('{}');
  else if (resource === 'tags') listTags(storage, response, { repository, url, pageSize });
  else if (resource === 'manifests') await serveManifest(storage, request, response, { repository, name });
  else if (resource === 'blobs' && name.startsWith('uploads'))
    await upload(storage, request, response, { repository, url });
  else if (resource === 'blobs') serveBlob(storage, request, response, name);
  else response.writeHead(404).end();
}

function listTags(
  storage: Storage,
  response: ServerResponse,
  list: { repository: string; url: URL; pageSize: number | undefined },
): void {
  const all = [...(storage.tags.get(list.repository) ?? [])].toSorted();
  if (all.length === 0) return void response.writeHead(404).end();
  const last = list.url.searchParams.get('last') ?? '';
  const rest = all.filter((tag) => tag > last);
  const page = rest.slice(0, list.pageSize ?? all.length);
  const next =
    page.length < rest.length ? `</v2/${list.repository}/tags/list?last=${page.at(-1)}&n=1000>; rel="next"` : undefined;
  response.writeHead(200, { 'content-type': 'application/json', ...(next ? { link: next } : {}) });
  response.end(JSON.stringify({ name: list.repository, tags: page }));
}

async function serveManifest(
  storage: Storage,
  request: IncomingMessage,
  response: ServerResponse,
  { repository, name }: { repository: string; name: string },
): Promise<void> {
  if (request.method === 'PUT') {
    const mediaType = request.headers['content-type'] ?? manifestType;
    const digest = storeManifest(storage, repository, name, { mediaType, content: await readBody(request) });
    return void response
      .writeHead(201, { location: `/v2/${repository}/manifests/${digest}`, 'docker-content-digest': digest })
      .end();
  }
  const found = storage.manifests.get(name.startsWith('sha256:') ? `${repository}@${name}` : `${repository}:${name}`);
  if (!found) return void response.writeHead(404).end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN' }] }));
  response.writeHead(200, {
    'content-type': found.mediaType,
    'content-length': found.content.length,
    'docker-content-digest': digestOf(found.content),
  });
  response.end(request.method === 'HEAD' ? undefined : found.content);
}

function serveBlob(storage: Storage, request: IncomingMessage, response: ServerResponse, digest: string): void {
  const blob = storage.blobs.get(digest);
  if (!blob) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': blob.length });
  response.end(request.method === 'HEAD' ? undefined : blob);
}

async function upload(
  storage: Storage,
  request: IncomingMessage,
  response: ServerResponse,
  { repository, url }: { repository: string; url: URL },
): Promise<void> {
  const id = request.method === 'POST' ? randomUUID() : (url.pathname.split('/').at(-1) ?? '');
  const content = Buffer.concat([storage.uploads.get(id) ?? Buffer.alloc(0), await readBody(request)]);
  const digest = url.searchParams.get('digest');
  const location = `/v2/${repository}/blobs/uploads/${id}`;
  if (digest === null) {
    storage.uploads.set(id, content);
    return void response
      .writeHead(202, { location, range: `0-${Math.max(0, content.length - 1)}`, 'docker-upload-uuid': id })
      .end();
  }
  storage.uploads.delete(id);
  if (digestOf(content) !== digest)
    return void response.writeHead(400).end(JSON.stringify({ errors: [{ code: 'DIGEST_INVALID' }] }));
  storage.blobs.set(digest, content);
  response.writeHead(201, { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest }).end();
}

function storeManifest(storage: Storage, repository: string, reference: string, manifest: StoredManifest): string {
  const digest = digestOf(manifest.content);
  storage.manifests.set(`${repository}@${digest}`, manifest);
  if (!reference.startsWith('sha256:')) {
    storage.manifests.set(`${repository}:${reference}`, manifest);
    storage.tags.set(repository, (storage.tags.get(repository) ?? new Set()).add(reference));
  }
  return digest;
}

function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
