import { notFound } from '../answers/api-errors.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { storageKey } from '../registry/served-resource.ts';
import type { Entry } from '../storage/entry.ts';
import type { ServerState } from './server-state.ts';

/** Reads one object; throws 404. */
export function getObject(
  { store }: ServerState,
  resource: ServedResource,
  { namespace, name }: { namespace: string; name: string },
): Entry {
  const entry = store.collection(resource.collection).get(storageKey(resource, namespace, name));
  if (!entry) throw notFound(resource, name);
  return entry;
}
