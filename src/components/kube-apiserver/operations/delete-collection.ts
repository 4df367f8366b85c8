import type { ServedResource } from '../registry/served-resource.ts';
import type { Selection } from '../selectors/selection.ts';
import { KubeApiError } from '#libs/kube';
import type { Entry } from '../storage/entry.ts';
import type { CallContext } from './call-context.ts';
import type { DeletionOptions } from './delete-object.ts';
import { deleteObject } from './delete-object.ts';
import type { ServerState } from './server-state.ts';

export interface DeleteCollectionRequest {
  readonly resource: ServedResource;
  readonly selection: Selection;
  readonly options: DeletionOptions;
  readonly call: CallContext;
}

/** Deletes everything selected and answers what was found. */
export function deleteCollection(
  server: ServerState,
  { resource, selection, options, call }: DeleteCollectionRequest,
): readonly Entry[] {
  const found: Entry[] = [];
  for (const entry of server.store.collection(resource.collection).range(selection.namespace)) {
    if (!selection.matches || selection.matches(entry.object)) found.push(entry);
  }
  for (const { object } of found) {
    const { name = '', namespace = '' } = object.metadata;
    try {
      deleteObject(server, { resource, namespace, name, options, call });
    } catch (error) {
      if (!(error instanceof KubeApiError) || error.httpStatus !== 404) throw error;
    }
  }
  return found;
}
