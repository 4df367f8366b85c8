import { badRequest, expired, failure, revisionTooLarge } from '../answers/api-errors.ts';
import { forbiddenField, invalidObject, notSupported } from '../answers/field-error.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { storageKey } from '../registry/served-resource.ts';
import type { Selection } from '../selectors/selection.ts';
import type { Collection } from '../storage/collection.ts';
import type { Entry } from '../storage/entry.ts';
import type { ServerState } from './server-state.ts';

export interface ListRequest {
  readonly resource: ServedResource;
  readonly selection: Selection;
  readonly limit: number;
  readonly continueToken: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
}

export interface ListResult {
  readonly entries: readonly Entry[];
  readonly revision: number;
  readonly continueToken?: string;
  readonly remaining?: number;
}

interface Position {
  readonly revision: number;
  readonly start: string;
}

/** Reads a page of a resource at one revision. Throws 410 when that revision is no longer known. */
export function listObjects({ store }: ServerState, request: ListRequest): ListResult {
  checkVersionMatch(request);
  const collection = store.collection(request.resource.collection);
  const { revision, start } = startingPoint(request, store.revision);
  if (revision > store.revision) throw revisionTooLarge(revision, store.revision);
  const { selection } = request;
  const source = candidates(collection, request, { revision, start, current: store.revision });
  const entries: Entry[] = [];
  let last: Entry | undefined;
  let more = false;
  for (const entry of source) {
    if (selection.matches && !selection.matches(entry.object)) continue;
    if (request.limit > 0 && entries.length === request.limit) {
      more = true;
      break;
    }
    entries.push(entry);
    last = entry;
  }
  if (!more || !last) return { entries, revision };
  const continueToken = encodeContinue({ revision, start: `${last.key}\0` });
  if (selection.matches) return { entries, revision, continueToken };
  const remaining = countAfter(collection, selection.namespace, last.key);
  return { entries, revision, continueToken, remaining };
}

function candidates(
  collection: Collection,
  { resource, selection }: ListRequest,
  { revision, start, current }: Position & { current: number },
): Iterable<Entry> {
  if (revision !== current) return collection.rangeAt(revision, selection.namespace, start);
  if (selection.name === undefined) return collection.range(selection.namespace, start);
  if (resource.namespaced && selection.namespace === undefined) return collection.range(undefined, start);
  const entry = collection.get(storageKey(resource, selection.namespace ?? '', selection.name));
  return entry ? [entry] : [];
}

function countAfter(collection: Collection, namespace: string | undefined, key: string): number {
  let count = 0;
  for (const _ of collection.range(namespace, `${key}\0`)) count++;
  return count;
}

function startingPoint(request: ListRequest, current: number): Position {
  if (request.continueToken !== '') return decodeContinue(request.continueToken);
  const revision = parseRevision(request.resourceVersion);
  if (request.resourceVersionMatch === 'Exact') return { revision, start: '' };
  return { revision: Math.max(revision, current), start: '' };
}

/** Checks a resourceVersion parameter; "" counts as 0. */
export function parseRevision(text: string): number {
  if (text === '' || text === '0') return 0;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}

function checkVersionMatch({ resourceVersion, resourceVersionMatch: match, continueToken }: ListRequest): void {
  if (match === '') return;
  const reject = (detail: string) =>
    invalidObject({ group: 'meta.k8s.io', kind: 'ListOptions', name: '' }, [
      forbiddenField('resourceVersionMatch', detail),
    ]);
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    const supported = notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']);
    throw invalidObject({ group: 'meta.k8s.io', kind: 'ListOptions', name: '' }, [supported]);
  }
  if (resourceVersion === '') throw reject('resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (continueToken !== '') throw reject('resourceVersionMatch is forbidden when continue is provided');
  if (match === 'Exact' && resourceVersion === '0') {
    throw reject('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
}

function encodeContinue({ revision, start }: Position): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })).toString('base64url');
}

function decodeContinue(token: string): Position {
  const illegal = /[^A-Za-z0-9_-]/.exec(token);
  if (illegal || token.length % 4 === 1) {
    throw badRequest(
      `invalid continue token: continue key is not valid: illegal base64 data at input byte ${illegal?.index ?? 0}`,
    );
  }
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as { rv: number; start: string };
    if (typeof rv !== 'number' || typeof start !== 'string') throw new Error('incomplete');
    return { revision: rv, start };
  } catch {
    throw badRequest('invalid continue token: continue key is not valid');
  }
}

/** A page of a list whose revision was compacted. */
export function continueExpired(): Error {
  return expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
  );
}

/** An integer query parameter; throws 400 with Go's words. */
export function parseInteger(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (/^-?\d+$/.test(text)) return Number(text);
  throw failure({
    code: 400,
    reason: 'BadRequest',
    message: `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
  });
}
