import type { KubeStatus } from '#libs/kube';
import { bodyOf, contentTypeOf, encode, objectPrefix, partialOf } from '../answers/render-object.ts';
import { listMetadata, partialList, renderList } from '../answers/render-list.ts';
import { renderTable } from '../answers/render-table.ts';
import type { IncludeObject } from '../answers/render-table.ts';
import { getObject } from '../operations/get-object.ts';
import type { ListRequest, ListResult } from '../operations/list-objects.ts';
import { listObjects, parseInteger } from '../operations/list-objects.ts';
import { watchObjects } from '../operations/watch-objects.ts';
import type { WatchRequest } from '../operations/watch-objects.ts';
import type { Selection } from '../selectors/selection.ts';
import { parseSelection } from '../selectors/selection.ts';
import type { ChangeType, Entry } from '../storage/entry.ts';
import type { ApiAnswer, StreamBody } from './api-request.ts';
import { parseBoolean } from './call-options.ts';
import type { Negotiated } from './negotiate.ts';
import { negotiate } from './negotiate.ts';
import type { ResourceRequest } from './resource-request.ts';

export function negotiateFor({ request }: Pick<ResourceRequest, 'request'>): Negotiated {
  const asked = request.query.get('pretty');
  const pretty = asked === null ? request.userAgent.startsWith('curl/') : asked !== 'false' && asked !== '0';
  return negotiate(request.accept, pretty);
}

/** One object in the form that the client asked for. */
export function answerEntry(found: ResourceRequest, entry: Entry, status = 200): ApiAnswer {
  const form = negotiateFor(found);
  const { resource, server, request } = found;
  const headers = { 'content-type': contentTypeOf(form) };
  if (form.as === 'table') {
    const options = { resource, includeObject: includeObjectOf(request.query), now: server.clock.now() };
    return {
      status,
      headers,
      body: encode(renderTable([entry], { resourceVersion: String(entry.revision) }, options), form),
    };
  }
  if (form.as === 'partial')
    return { status, headers, body: encode(partialOf(resource.fromStorage(entry.object)), form) };
  if (form.format === 'json' && !form.pretty)
    return { status, headers, body: Buffer.concat([objectPrefix(resource), bodyOf(resource, entry), newline]) };
  const { metadata, apiVersion: _apiVersion, kind: _kind, ...rest } = resource.fromStorage(entry.object);
  return {
    status,
    headers,
    body: encode({ kind: resource.kind, apiVersion: resource.apiVersion, metadata, ...rest }, form),
  };
}

export function handleGet(found: ResourceRequest): ApiAnswer {
  const { server, resource, path } = found;
  return answerEntry(found, getObject(server, resource, path));
}

export function selectionOf({ request, path, resource }: ResourceRequest): Selection {
  const { query } = request;
  const fieldSelector = query.get('fieldSelector') ?? '';
  return parseSelection(resource, {
    namespace: path.namespace === '' ? undefined : path.namespace,
    labelSelector: query.get('labelSelector') ?? undefined,
    fieldSelector: path.name === '' ? fieldSelector : `metadata.name=${path.name}`,
  });
}

export function handleList(found: ResourceRequest): ApiAnswer {
  const { server, request, resource } = found;
  const { query } = request;
  const listing: ListRequest = {
    resource,
    selection: selectionOf(found),
    limit: parseInteger(query.get('limit') ?? undefined),
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
  };
  return answerList(found, listObjects(server, listing));
}

/** A list in the form that the client asked for. */
export function answerList(found: ResourceRequest, result: ListResult): ApiAnswer {
  const { server, request, resource } = found;
  const { query } = request;
  const form = negotiateFor(found);
  const headers = { 'content-type': contentTypeOf(form) };
  if (form.as === 'table') {
    const options = { resource, includeObject: includeObjectOf(query), now: server.clock.now() };
    return { status: 200, headers, body: encode(renderTable(result.entries, listMetadata(result), options), form) };
  }
  if (form.as === 'partial') return { status: 200, headers, body: encode(partialList(resource, result), form) };
  const body = renderList(resource, result);
  return {
    status: 200,
    headers,
    body: form.format === 'json' && !form.pretty ? body : encode(JSON.parse(body.toString('utf8')), form),
  };
}

function includeObjectOf(query: URLSearchParams): IncludeObject {
  const asked = query.get('includeObject');
  return asked === 'None' || asked === 'Object' ? asked : 'Metadata';
}

/** Real servers end watches after half an hour to an hour unless told otherwise. */
const defaultWatchSeconds = 3600;

export function handleWatch(found: ResourceRequest): ApiAnswer {
  const { request, resource } = found;
  const form = negotiateFor(found);
  const { query } = request;
  const watch: WatchRequest = {
    resource,
    selection: selectionOf(found),
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    allowBookmarks: parseBoolean(query.get('allowWatchBookmarks')) ?? false,
    sendInitialEvents: parseBoolean(query.get('sendInitialEvents')),
  };
  const seconds = parseInteger(query.get('timeoutSeconds') ?? undefined) || defaultWatchSeconds;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: watchBody(found, { watch, form, seconds }),
  };
}

interface WatchPlan {
  readonly watch: WatchRequest;
  readonly form: Negotiated;
  readonly seconds: number;
}

function watchBody({ server, request, resource }: ResourceRequest, { watch, form, seconds }: WatchPlan): StreamBody {
  let stopWatch: (() => void) | undefined;
  let cancelTimeout: (() => void) | undefined;
  // Opened before the answer begins, so that parameters that do not fit get a status of their own.
  const early: Buffer[] = [];
  let write: (chunk: Buffer) => void = (chunk) => void early.push(chunk);
  const frame = eventFrame(resource, form, {
    includeObject: includeObjectOf(request.query),
    now: () => server.clock.now(),
  });
  let failed = false;
  let finish: () => void = () => void (failed = true);
  stopWatch = watchObjects(server, watch, {
    event: (type, entry) => write(frame.event(type, entry)),
    bookmark: (revision, initial) => write(frame.bookmark(revision, initial)),
    error(status) {
      write(frame.error(status));
      finish();
    },
  });
  return {
    start(send, end) {
      if (early.length > 0) send(Buffer.concat(early));
      write = send;
      finish = end;
      if (failed) return end();
      cancelTimeout = server.clock.after(seconds * 1000, () => {
        stopWatch?.();
        end();
      });
    },
    stop() {
      stopWatch?.();
      cancelTimeout?.();
    },
  };
}

interface Frames {
  event(type: ChangeType, entry: Entry): Buffer;
  bookmark(revision: number, initialEventsEnd: boolean): Buffer;
  error(status: KubeStatus): Buffer;
}

const frameEnd = Buffer.from('}\n');
const newline = Buffer.from('\n');

/** Each event as a line of JSON; objects come from the entries' cached bytes. */
function eventFrame(
  resource: ResourceRequest['resource'],
  form: Negotiated,
  { includeObject, now }: { includeObject: IncludeObject; now: () => number },
): Frames {
  const prefix = objectPrefix(resource);
  const line = (type: string, object: unknown) => Buffer.from(`${JSON.stringify({ type, object })}\n`);
  let isFirst = true;
  const table = (entry: Entry) => {
    const made = renderTable(
      [entry],
      { resourceVersion: String(entry.revision) },
      { resource, includeObject, now: now() },
    );
    const shown = isFirst ? made : { ...made, columnDefinitions: null };
    isFirst = false;
    return shown;
  };
  return {
    event(type, entry) {
      if (form.as === 'table') return line(type, table(entry));
      if (form.as === 'partial') return line(type, partialOf(resource.fromStorage(entry.object)));
      return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), prefix, bodyOf(resource, entry), frameEnd]);
    },
    bookmark(revision, initialEventsEnd) {
      const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
      const metadata = { resourceVersion: String(revision), ...annotations };
      if (form.as === 'table') {
        return line('BOOKMARK', {
          kind: 'Table',
          apiVersion: 'meta.k8s.io/v1',
          metadata: { resourceVersion: String(revision) },
          columnDefinitions: [],
          rows: [{ cells: [], object: { kind: resource.kind, apiVersion: resource.apiVersion, metadata } }],
        });
      }
      if (form.as === 'partial')
        return line('BOOKMARK', { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata });
      return line('BOOKMARK', { kind: resource.kind, apiVersion: resource.apiVersion, metadata });
    },
    error: (status) => line('ERROR', status),
  };
}
