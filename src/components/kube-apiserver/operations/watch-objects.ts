import type { KubeStatus } from '#libs/kube';
import { KubeApiError } from '#libs/kube';
import { forbiddenField, invalidObject } from '../answers/field-error.ts';
import { failure, revisionTooLarge } from '../answers/api-errors.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { Selection } from '../selectors/selection.ts';
import { Entry } from '../storage/entry.ts';
import type { Change, ChangeType } from '../storage/entry.ts';
import type { ServerState } from './server-state.ts';

export interface WatchRequest {
  readonly resource: ServedResource;
  readonly selection: Selection;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly allowBookmarks: boolean;
  /** undefined: not said. */
  readonly sendInitialEvents: boolean | undefined;
}

/** Where the events of a watch go. */
export interface WatchSink {
  event(type: ChangeType, entry: Entry): void;
  bookmark(revision: number, initialEventsEnd: boolean): void;
  error(status: KubeStatus): void;
}

const bookmarkEveryMs = 60_000;

/** Starts a watch; answers a function that stops it. Throws for parameters that do not fit together. */
export function watchObjects({ store, clock }: ServerState, request: WatchRequest, sink: WatchSink): () => void {
  checkInitialEvents(request);
  const asked = parseWatchRevision(request.resourceVersion);
  if (asked > store.revision) throw revisionTooLarge(asked, store.revision);
  const collection = store.collection(request.resource.collection);
  const deliver = (change: Change) => deliverChange(request.selection, change, sink);
  let started = store.revision;
  try {
    // What is not announced yet must come once: flush first, then replay or list, then listen.
    store.flush();
    started = store.revision;
    if (request.sendInitialEvents === true || (asked === 0 && request.sendInitialEvents === undefined)) {
      for (const entry of collection.range(request.selection.namespace)) {
        if (selects(request.selection, entry)) sink.event('ADDED', entry);
      }
    } else if (asked > 0) {
      for (const change of collection.changesSince(asked)) deliver(change);
    }
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    sink.error(error.status);
    return () => undefined;
  }
  if (request.sendInitialEvents === true && request.allowBookmarks) sink.bookmark(started, true);
  const stopListening = collection.listen(deliver);
  const stopBookmarks = request.allowBookmarks
    ? repeat(clock, bookmarkEveryMs, () => sink.bookmark(store.revision, false))
    : undefined;
  return () => {
    stopListening();
    stopBookmarks?.();
  };
}

/** The real server answers a bad revision of a watch as a failure of its own. */
function parseWatchRevision(text: string): number {
  if (/^\d*$/.test(text)) return Number(text);
  const quoted = JSON.stringify(text);
  throw failure({
    code: 500,
    message: `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
  });
}

function repeat(clock: ServerState['clock'], everyMs: number, run: () => void): () => void {
  let cancel = clock.after(everyMs, tick);
  function tick(): void {
    run();
    cancel = clock.after(everyMs, tick);
  }
  return () => cancel();
}

function deliverChange(selection: Selection, { type, entry, previous }: Change, sink: WatchSink): void {
  if (
    selection.namespace !== undefined &&
    selection.namespace !== '' &&
    entry.object.metadata.namespace !== selection.namespace
  )
    return;
  if (!selection.matches) return sink.event(type, entry);
  const was = previous !== undefined && selection.matches(previous.object);
  if (type === 'DELETED') {
    if (was) sink.event('DELETED', entry);
    return;
  }
  const is = selection.matches(entry.object);
  if (is) sink.event(was ? 'MODIFIED' : 'ADDED', entry);
  else if (was && previous) sink.event('DELETED', withRevision(previous, entry));
}

/** An object that left the selection is shown as it last matched, at the revision of the change. */
function withRevision(previous: Entry, { revision }: Entry): Entry {
  const { key, object } = previous;

  return new Entry(key, { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }, revision);
}

function selects(selection: Selection, entry: Entry): boolean {
  return !selection.matches || selection.matches(entry.object);
}

function checkInitialEvents(request: WatchRequest): void {
  const reject = (detail: string) =>
    invalidObject({ group: 'meta.k8s.io', kind: 'ListOptions', name: '' }, [
      forbiddenField('resourceVersionMatch', detail),
    ]);
  if (request.sendInitialEvents !== undefined && request.resourceVersionMatch !== 'NotOlderThan') {
    throw reject('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
  if (request.sendInitialEvents === undefined && request.resourceVersionMatch !== '') {
    throw reject('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  }
}
