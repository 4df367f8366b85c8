import { cloneJson } from '#base/json';
import type {
  CallOptions,
  DeleteOptions,
  KubeClient,
  KubeList,
  KubeObject,
  KubeStatus,
  ListOptions,
  PatchOptions,
  ResourceType,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '#libs/kube';
import { KubeApiError, KubeUnreachable } from '#libs/kube';
import { noSuchResource } from '../answers/api-errors.ts';
import { listMetadata } from '../answers/render-list.ts';
import { administrator } from '../authentication/user-identity.ts';
import type { ApiAnswer, ApiRequest } from '../http/api-request.ts';
import { isStream } from '../http/api-request.ts';
import { dispatch } from '../http/dispatch.ts';
import type { NonResourceRoutes } from '../http/non-resource-routes.ts';
import { listObjects } from '../operations/list-objects.ts';
import { getObject } from '../operations/get-object.ts';
import type { ServerState } from '../operations/server-state.ts';
import { watchObjects } from '../operations/watch-objects.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { parseSelection } from '../selectors/selection.ts';
import type { Entry } from '../storage/entry.ts';
import { EventQueue } from './event-queue.ts';
import { inProcessDiscovery } from './in-process-discovery.ts';

export interface InProcessOptions {
  readonly server: ServerState;
  readonly routes: NonResourceRoutes;
  readonly url: string;
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** The API without HTTP: reads and watches share the stored objects' copies, writes go through the same handlers. */
export function inProcessClient({ server, routes, url }: InProcessOptions): KubeClient {
  const closed = new AbortController();

  /** Whoever goes on after the end hears so, and backs off, instead of finding an empty cluster. */
  function checkOpen(): void {
    if (closed.signal.aborted) throw new KubeUnreachable(url, new Error('the embedded API server was closed'));
  }

  async function call(method: string, path: string, options: RawCall = {}): Promise<ApiAnswer> {
    options.signal?.throwIfAborted();
    checkOpen();
    const request: ApiRequest = {
      method,
      path,
      query: options.query ?? new URLSearchParams(),
      accept: options.accept ?? 'application/json',
      contentType: options.contentType ?? 'application/json',
      userAgent: options.manager ?? 'windlass',
      body:
        options.body === undefined
          ? Buffer.alloc(0)
          : Buffer.from(typeof options.body === 'string' ? options.body : JSON.stringify(options.body)),
      user: administrator,
    };
    const answer = await dispatch(server, routes, request);
    if (answer.status >= 400) throw failureOf(answer);
    return answer;
  }

  const write = async (method: string, path: string, options: RawCall) =>
    parsed(await call(method, path, options)) as KubeObject;

  return {
    server: url,
    discovery: inProcessDiscovery(server.registry),
    async get(type, name, options = {}) {
      options.signal?.throwIfAborted();
      const resource = servedResource(server, type);
      if (options.subresource !== undefined && options.subresource !== 'status') {
        return write('GET', pathOf(type, { ...options, name }), {});
      }
      return readable(resource, getObject(server, resource, { namespace: options.namespace ?? '', name }));
    },
    async list(type, options = {}) {
      options.signal?.throwIfAborted();
      checkOpen();
      return listAll(server, type, options);
    },
    async *listPages(type, options = {}) {
      checkOpen();
      yield* listPages(server, type, options);
    },
    watch(type, options) {
      checkOpen();
      return watchEvents(server, { type, options, closed: closed.signal });
    },
    create: (type, object, options = {}) =>
      write(
        'POST',
        pathOf(type, {
          namespace: object.metadata.namespace,
          subresource: options.subresource,
          name: options.subresource ? object.metadata.name : undefined,
        }),
        { ...writeCall(options), body: object },
      ),
    update: (type, object, options = {}) =>
      write(
        'PUT',
        pathOf(type, {
          namespace: object.metadata.namespace,
          name: object.metadata.name,
          subresource: options.subresource,
        }),
        { ...writeCall(options), body: object },
      ),
    patch: (type, name, body, options) =>
      write('PATCH', pathOf(type, { namespace: options.namespace, name, subresource: options.subresource }), {
        ...patchCall(options),
        body,
      }),
    delete: (type, name, options = {}) =>
      write('DELETE', pathOf(type, { namespace: options.namespace, name }), deleteCall(options)),
    async request(method, path, options = {}) {
      const at = new URL(path, url);
      const answer = await call(method, at.pathname, { ...options, query: at.searchParams });
      const text = isStream(answer.body) ? await collect(answer.body, options.signal) : answer.body.toString('utf8');
      return options.as === 'text' ? text : (JSON.parse(text) as unknown);
    },
    async stream(path, options = {}) {
      const at = new URL(path, url);
      const answer = await call('GET', at.pathname, { ...options, accept: '*/*', query: at.searchParams });
      return chunksOf(answer, options.signal);
    },
    async version() {
      const answer = parsed(await call('GET', '/version')) as { gitVersion: string; major: string; minor: string };
      return { gitVersion: answer.gitVersion, major: answer.major, minor: answer.minor };
    },
    close() {
      closed.abort();
      return Promise.resolve();
    },
  };
}

interface RawCall extends CallOptions {
  readonly query?: URLSearchParams;
  readonly accept?: string;
  readonly contentType?: string;
  readonly manager?: string;
  readonly body?: unknown;
}

function servedResource({ registry }: ServerState, { group, version, resource }: ResourceType): ServedResource {
  const found = registry.find(group, version, resource);
  if (!found || found.verbs.length === 0) throw noSuchResource();
  return found;
}

interface Place {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

function pathOf(
  { group, version, resource, namespaced }: ResourceType,
  { namespace, name, subresource }: Place,
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const parts = [
    namespaced && namespace ? `namespaces/${encodeURIComponent(namespace)}` : '',
    resource,
    name ? encodeURIComponent(name) : '',
    subresource ?? '',
  ];
  return `${root}/${parts.filter((one) => one !== '').join('/')}`;
}

function writeCall({ dryRun, fieldManager, fieldValidation, signal }: WriteOptions): RawCall {
  const query = new URLSearchParams();
  if (dryRun) query.set('dryRun', 'All');
  if (fieldManager !== undefined) query.set('fieldManager', fieldManager);
  query.set('fieldValidation', fieldValidation ?? 'Ignore');
  return { query, ...(signal === undefined ? {} : { signal }) };
}

function patchCall(options: PatchOptions): RawCall {
  const base = writeCall(options);
  if (options.force !== undefined && options.type === 'apply') base.query?.set('force', String(options.force));
  return { ...base, contentType: patchTypes[options.type] };
}

function deleteCall({ dryRun, propagationPolicy, gracePeriodSeconds, preconditions, signal }: DeleteOptions): RawCall {
  const body = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    propagationPolicy,
    gracePeriodSeconds,
    preconditions,
    ...(dryRun ? { dryRun: ['All'] } : {}),
  };
  return { body, ...(signal === undefined ? {} : { signal }) };
}

function parsed({ body }: ApiAnswer): unknown {
  return isStream(body) ? undefined : (JSON.parse(body.toString('utf8')) as unknown);
}

function failureOf(answer: ApiAnswer): KubeApiError {
  const text = isStream(answer.body) ? '' : answer.body.toString('utf8');
  const status: KubeStatus = text.startsWith('{')
    ? (JSON.parse(text) as KubeStatus)
    : {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        reason: 'NotFound',
        message: text.trim(),
        code: answer.status,
      };
  return new KubeApiError(answer.status, status);
}

function readable(resource: ServedResource, entry: Entry, metadataOnly = false): KubeObject {
  const { object } = entry;
  if (metadataOnly)
    return { apiVersion: resource.apiVersion, kind: resource.kind, metadata: cloneJson(object.metadata) };
  return cloneJson(resource.fromStorage(object));
}

function* listPages(server: ServerState, type: ResourceType, options: ListOptions): Generator<KubeList> {
  let continueToken = '';
  do {
    const page = listPage(server, type, { ...options, limit: options.limit ?? 500 }, continueToken);
    yield page;
    continueToken = page.metadata.continue ?? '';
  } while (continueToken !== '');
}

function listAll(server: ServerState, type: ResourceType, options: ListOptions): KubeList {
  return listPage(server, type, { ...options, limit: 0 }, '');
}

function listPage(server: ServerState, type: ResourceType, options: ListOptions, continueToken: string): KubeList {
  const resource = servedResource(server, type);
  const selection = parseSelection(resource, {
    namespace: options.namespace,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
  });
  // What is listed must be what a watch from the answered revision goes on from.
  server.store.flush();
  const result = listObjects(server, {
    resource,
    selection,
    limit: options.limit ?? 0,
    continueToken,
    resourceVersion: options.resourceVersion ?? '',
    resourceVersionMatch: options.resourceVersionMatch ?? '',
  });
  const items = result.entries.map((entry) => readable(resource, entry, options.metadataOnly));
  return { apiVersion: resource.apiVersion, kind: resource.listKind, metadata: listMetadata(result), items };
}

interface WatchInput {
  readonly type: ResourceType;
  readonly options: WatchOptions;
  readonly closed: AbortSignal;
}

async function* watchEvents(server: ServerState, { type, options, closed }: WatchInput): AsyncGenerator<WatchEvent> {
  const resource = servedResource(server, type);
  const selection = parseSelection(resource, {
    namespace: options.namespace,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
  });
  const queue = new EventQueue<WatchEvent>();
  const stop = watchObjects(
    server,
    {
      resource,
      selection,
      resourceVersion: options.resourceVersion,
      resourceVersionMatch: '',
      allowBookmarks: true,
      sendInitialEvents: undefined,
    },
    {
      event: (kind, entry) => queue.push({ type: kind, object: readable(resource, entry, options.metadataOnly) }),
      bookmark: (revision) =>
        queue.push({
          type: 'BOOKMARK',
          object: {
            apiVersion: resource.apiVersion,
            kind: resource.kind,
            metadata: { resourceVersion: String(revision) },
          },
        }),
      error: (status) => queue.fail(new KubeApiError(status.code ?? 500, status)),
    },
  );
  const onAbort = () => queue.end();
  for (const signal of [options.signal, closed]) {
    if (signal?.aborted) queue.end();
    signal?.addEventListener('abort', onAbort, { once: true });
  }
  try {
    yield* queue;
  } finally {
    stop();
    for (const signal of [options.signal, closed]) signal?.removeEventListener('abort', onAbort);
  }
}

async function* chunksOf({ body }: ApiAnswer, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  if (!isStream(body)) {
    yield body;
    return;
  }
  const queue = new EventQueue<Uint8Array>();
  const onAbort = () => queue.end();
  signal?.addEventListener('abort', onAbort, { once: true });
  body.start(
    (chunk) => queue.push(chunk),
    () => queue.end(),
  );
  try {
    yield* queue;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    body.stop();
  }
}

async function collect(body: ApiAnswer['body'], signal: AbortSignal | undefined): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf({ status: 200, headers: {}, body }, signal)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
