import type { KubeObject } from '#libs/kube';
import { administrator } from '../authentication/user-identity.ts';
import type { CallContext } from '../operations/call-context.ts';
import { deleteCollection } from '../operations/delete-collection.ts';
import type { ServerState } from '../operations/server-state.ts';
import type { TableColumn } from '../resources/api-documents.ts';
import type { Change } from '../storage/entry.ts';
import { customResources } from './custom-resources.ts';
import { cleanupFinalizer, definitions, isEstablished, namesOf } from './definition.ts';
import { fieldsOf, textOf } from '../registry/strategies/fields.ts';

/** Keeps what is served in step with the definitions stored, and empties the collection of one that is being deleted. */
export function serveDefinitions(server: ServerState, nameColumn: TableColumn): () => void {
  const stops = new Map<string, () => void>();
  const collection = server.store.collection(definitions);
  for (const { object } of collection.range(undefined)) serve(object);
  const stop = collection.listen(({ type, entry }: Change) => {
    if (type === 'DELETED') forget(entry.object);
    // Its names may have been accepted since: what is stored now counts.
    else serve(collection.get(entry.key)?.object ?? entry.object);
  });
  return () => {
    stop();
    for (const one of stops.values()) one();
  };

  function serve(definition: KubeObject): void {
    const name = definition.metadata.name ?? '';
    if (isEstablished(definition)) server.registry.setCustom(name, customResources(definition, nameColumn));
    if (definition.metadata.deletionTimestamp === undefined || stops.has(name)) return;
    const objects = server.store.collection(collectionOf(definition));
    stops.set(
      name,
      objects.listen(() => finishDeletion(server, name)),
    );
    removeObjects(server, definition);
    finishDeletion(server, name);
  }

  function forget({ metadata }: KubeObject): void {
    const name = metadata.name ?? '';
    server.registry.removeCustom(name);
    stops.get(name)?.();
    stops.delete(name);
  }
}

function collectionOf(definition: KubeObject): string {
  return `${namesOf(definition).plural}.${textOf(fieldsOf(definition, 'spec'), 'group')}`;
}

function removeObjects(server: ServerState, definition: KubeObject): void {
  const resource = server.registry.stored(collectionOf(definition));
  if (!resource) return;
  const call: CallContext = {
    user: administrator,
    dryRun: false,
    fieldManager: 'kube-apiserver',
    fieldValidation: 'Ignore',
    warnings: [],
  };
  deleteCollection(server, {
    resource,
    selection: { namespace: undefined, name: undefined, matches: undefined },
    options: {},
    call,
  });
}

/** A definition goes when its last object did. */
function finishDeletion({ store }: ServerState, name: string): void {
  const collection = store.collection(definitions);
  const entry = collection.get(name);
  if (!entry || store.collection(collectionOf(entry.object)).size > 0) return;
  if (entry.object.metadata.deletionTimestamp === undefined) return;
  const finalizers = (entry.object.metadata.finalizers ?? []).filter((one) => one !== cleanupFinalizer);
  if (finalizers.length === entry.object.metadata.finalizers?.length) return;
  const { finalizers: _old, ...rest } = entry.object.metadata;
  const object = { ...entry.object, metadata: finalizers.length > 0 ? { ...rest, finalizers } : rest };
  if (finalizers.length > 0) store.put(collection, name, object);
  else store.remove(collection, { key: name, object });
}
