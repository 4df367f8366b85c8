import type { Dispatcher } from 'undici';
import type { Clock } from '#base/clock';
import { stringifyExact } from '#base/json';
import type { KubeClient, ListOptions, PatchType, ResourceType, WatchOptions, WriteOptions } from './client.ts';
import { createDiscovery } from './server-discovery.ts';
import { KubeApiError, KubeUnreachable } from './errors.ts';
import { splitLines } from './split-lines.ts';
import type { KubeList, KubeObject, KubeStatus, WatchEvent, WatchEventType } from './objects.ts';
import { queryString, resourcePath } from './resource-path.ts';

export interface RestRequest {
  readonly verb: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  readonly streaming?: boolean;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Sends one request; answers only successes, throws KubeApiError or KubeUnreachable otherwise. */
export interface Transport {
  readonly server: string;
  send(request: RestRequest): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

const defaultTimeoutMs = 30_000;
const pageSize = 500;
const partialList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const partialObject = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

const contentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** The Kubernetes verbs over any transport. */
export function createRestClient(transport: Transport, clock: Clock): KubeClient {
  const json = async (request: RestRequest): Promise<unknown> => {
    const response = await transport.send(request);
    try {
      return await response.body.json();
    } catch (cause) {
      throw new KubeUnreachable(transport.server, cause);
    }
  };
  const write = (options: WriteOptions = {}) =>
    queryString({
      dryRun: options.dryRun ? 'All' : undefined,
      fieldManager: options.fieldManager,
      fieldValidation: options.fieldValidation,
    });

  const client: KubeClient = {
    server: transport.server,
    discovery: createDiscovery((path, accept, options) =>
      json({
        verb: 'get',
        method: 'GET',
        path,
        accept,
        timeoutMs: options?.timeoutMs ?? defaultTimeoutMs,
        signal: options?.signal,
      }),
    ),

    async get(type, name, options = {}) {
      const path = resourcePath(type, { namespace: options.namespace, name, subresource: options.subresource });
      return (await json({ verb: 'get', method: 'GET', path, ...timing(options) })) as KubeObject;
    },

    async list(type, options = {}) {
      let whole: KubeList | undefined;
      for await (const page of client.listPages(type, options)) {
        if (whole) whole = { ...page, items: whole.items.concat(page.items) };
        else whole = page;
      }
      return whole as KubeList;
    },

    listPages: (type, options = {}) => listPages(json, type, options),
    watch: (type, options) => watch(transport, clock, type, options),

    async create(type, object, options = {}) {
      const path = resourcePath(type, {
        namespace: object.metadata.namespace,
        ...(options.subresource ? { name: object.metadata.name ?? '', subresource: options.subresource } : {}),
      });
      return (await json({
        verb: 'create',
        method: 'POST',
        path: path + write(options),
        body: stringifyExact(object),
        contentType: 'application/json',
        ...timing(options),
      })) as KubeObject;
    },

    async update(type, object, options = {}) {
      const path = resourcePath(type, {
        namespace: object.metadata.namespace,
        name: object.metadata.name ?? '',
        subresource: options.subresource,
      });
      return (await json({
        verb: 'update',
        method: 'PUT',
        path: path + write(options),
        body: stringifyExact(object),
        contentType: 'application/json',
        ...timing(options),
      })) as KubeObject;
    },

    async patch(type, name, body, options) {
      const path = resourcePath(type, { namespace: options.namespace, name, subresource: options.subresource });
      const query = queryString({
        dryRun: options.dryRun ? 'All' : undefined,
        fieldManager: options.fieldManager,
        fieldValidation: options.fieldValidation,
        force: options.type === 'apply' ? options.force : undefined,
      });
      const verb = options.type === 'apply' ? 'apply' : 'patch';
      const text = typeof body === 'string' ? body : stringifyExact(body);
      return (await json({
        verb,
        method: 'PATCH',
        path: path + query,
        body: text,
        contentType: contentTypes[options.type],
        ...timing(options),
      })) as KubeObject;
    },

    async delete(type, name, options = {}) {
      const path = resourcePath(type, { namespace: options.namespace, name });
      const body = JSON.stringify({
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        ...(options.propagationPolicy ? { propagationPolicy: options.propagationPolicy } : {}),
        ...(options.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }),
        ...(options.preconditions ? { preconditions: options.preconditions } : {}),
        ...(options.dryRun ? { dryRun: ['All'] } : {}),
      });
      return (await json({
        verb: 'delete',
        method: 'DELETE',
        path,
        body,
        contentType: 'application/json',
        ...timing(options),
      })) as KubeObject;
    },

    async request(method, path, options = {}) {
      const request: RestRequest = {
        verb: method.toLowerCase(),
        method,
        path,
        ...(options.body === undefined
          ? {}
          : {
              body: typeof options.body === 'string' ? options.body : stringifyExact(options.body),
              contentType: options.contentType ?? 'application/json',
            }),
        ...(options.accept ? { accept: options.accept } : {}),
        ...timing(options),
      };
      if (options.as === 'text')
        return await (await transport.send({ ...request, accept: options.accept ?? '*/*' })).body.text();
      return await json(request);
    },

    async stream(path, options = {}) {
      const response = await transport.send({
        verb: 'get',
        method: 'GET',
        path,
        accept: '*/*',
        streaming: true,
        ...timing(options),
      });
      return response.body as AsyncIterable<Uint8Array>;
    },

    async version(options) {
      return (await client.request('GET', '/version', options)) as { gitVersion: string; major: string; minor: string };
    },

    close: () => transport.close(),
  };
  return client;
}

function timing(options: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): {
  timeoutMs: number;
  signal: AbortSignal | undefined;
} {
  return { timeoutMs: options.timeoutMs ?? defaultTimeoutMs, signal: options.signal };
}

async function* listPages(
  json: (request: RestRequest) => Promise<unknown>,
  type: ResourceType,
  options: ListOptions,
): AsyncIterable<KubeList> {
  let next: string | undefined;
  do {
    const query = queryString({
      limit: options.limit ?? pageSize,
      continue: next,
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
      // A continue token carries its own version.
      resourceVersion: next ? undefined : options.resourceVersion,
      resourceVersionMatch: next ? undefined : options.resourceVersionMatch,
    });
    const path = resourcePath(type, { namespace: options.namespace }) + query;
    const page = (await json({
      verb: 'list',
      method: 'GET',
      path,
      ...(options.metadataOnly ? { accept: partialList } : {}),
      ...timing(options),
    })) as KubeList;
    // Items of a typed list carry no kind of their own.
    const itemKind = options.metadataOnly ? type.kind : page.kind.replace(/List$/, '');
    const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
    const items = (page.items ?? []).map((item) => ({
      ...item,
      apiVersion: options.metadataOnly ? apiVersion : (item.apiVersion ?? page.apiVersion),
      kind: options.metadataOnly ? itemKind : (item.kind ?? itemKind),
    }));
    next = page.metadata.continue || undefined;
    yield { ...page, items };
  } while (next);
}

async function* watch(
  transport: Transport,
  clock: Clock,
  type: ResourceType,
  options: WatchOptions,
): AsyncIterable<WatchEvent> {
  const query = queryString({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: options.resourceVersion,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    // Spread, so that the watches of a thousand clients do not end together.
    timeoutSeconds: Math.round(300 + 300 * clock.random()),
  });
  const response = await transport.send({
    verb: 'watch',
    method: 'GET',
    path: resourcePath(type, { namespace: options.namespace }) + query,
    ...(options.metadataOnly ? { accept: `${partialObject},application/json` } : {}),
    streaming: true,
    timeoutMs: defaultTimeoutMs,
    signal: options.signal,
  });
  const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
  try {
    for await (const line of splitLines(response.body as AsyncIterable<Uint8Array>)) {
      const parsed = JSON.parse(line) as { readonly type: WatchEventType; readonly object: unknown };
      if (parsed.type === 'ERROR') {
        const status = parsed.object as KubeStatus;
        throw new KubeApiError(status.code ?? 500, status);
      }
      const event = parsed as WatchEvent;
      if (options.metadataOnly) event.object = { ...event.object, apiVersion, kind: type.kind };
      yield event;
    }
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    if (error instanceof KubeApiError) throw error;
    throw new KubeUnreachable(transport.server, error);
  }
}
