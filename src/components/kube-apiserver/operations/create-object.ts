import { randomUUID } from 'node:crypto';
import { cloneJson } from '#base/json';
import type { KubeObject } from '#libs/kube';
import { alreadyExists, failure, forbidden, notFound } from '../answers/api-errors.ts';
import { invalidObject } from '../answers/field-error.ts';
import { checkObjectMeta } from '../validation/object-meta.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { storageKey } from '../registry/served-resource.ts';
import type { CallContext } from './call-context.ts';
import { settleNamespace } from './decode-object.ts';
import type { ServerState } from './server-state.ts';
import { nameAlphabet, randomText, strategyContext } from './strategy-context.ts';
import { formatTime } from './timestamps.ts';
import { trackFields } from './track-fields.ts';

export interface CreateRequest {
  readonly resource: ServedResource;
  readonly namespace: string;
  /** Decoded, at the resource's version; changed by the operation. */
  readonly object: KubeObject;
  readonly call: CallContext;
  /** Server-side apply has its managed fields already. */
  readonly tracked?: boolean;
}

/** Creates an object and answers it as stored, at the stored version. */
export function createObject(
  server: ServerState,
  { resource, namespace, object, call, tracked }: CreateRequest,
): KubeObject {
  const { strategy } = resource;
  const context = strategyContext(server, call);
  settleNamespace(resource, object, namespace);
  const { metadata } = object;
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== '') {
    throw failure({ code: 500, message: 'resourceVersion should not be set on objects to be created' });
  }
  stampNewMetadata(object, context.now);
  if (strategy.hasStatus && !keepsStatusOnCreate(resource)) delete object['status'];
  strategy.beforeTracking?.(object, undefined);
  const managed = tracked
    ? object
    : trackFields(
        { resource, before: undefined, after: object, subresource: undefined, now: formatTime(context.now) },
        call,
      );
  checkNamespace(server, resource, managed);
  if (strategy.hasGeneration) managed.metadata.generation = 1;
  const stored = resource.toStorage(managed);
  strategy.admitCreate?.(stored, context);
  strategy.prepareCreate?.(stored, context);
  const { emptyStatus } = resource.schema();
  if (emptyStatus !== undefined) stored['status'] ??= cloneJson(emptyStatus);
  validateNew(resource, stored, context);
  return insert(server, { resource, stored, call });
}

function keepsStatusOnCreate({ group, resource }: ServedResource): boolean {
  return group === '' && resource === 'nodes';
}

function stampNewMetadata({ metadata }: KubeObject, now: number): void {
  if (metadata.name === undefined || metadata.name === '') {
    delete metadata.name;
    if (metadata.generateName) metadata.name = `${metadata.generateName.slice(0, 58)}${randomText(nameAlphabet, 5)}`;
  }
  metadata.uid = randomUUID();
  metadata.creationTimestamp = formatTime(now);
  delete metadata.resourceVersion;
  delete metadata.generation;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata['selfLink'];
}

/** Namespace lifecycle admission: nothing is made in a namespace that is missing or going away. */
function checkNamespace({ store }: ServerState, resource: ServedResource, { metadata }: KubeObject): void {
  if (!resource.namespaced) return;
  const namespace = metadata.namespace ?? '';
  const found = store.collection('namespaces').get(namespace)?.object;
  if (!found) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  throw forbidden(resource, metadata.name ?? '', {
    why: `unable to create new content in namespace ${namespace} because it is being terminated`,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  });
}

function validateNew(resource: ServedResource, stored: KubeObject, context: ReturnType<typeof strategyContext>): void {
  const errors = [
    ...checkObjectMeta(stored, resource),
    ...(resource.builtin ? [] : resource.schema().validate(stored, undefined)),
    ...(resource.strategy.validateCreate?.(stored, context) ?? []),
  ];
  if (errors.length > 0) throw invalidObject({ ...resource, name: stored.metadata.name ?? '' }, errors);
}

function insert(
  { store }: ServerState,
  { resource, stored, call }: { resource: ServedResource; stored: KubeObject; call: CallContext },
): KubeObject {
  const collection = store.collection(resource.collection);
  const key = storageKey(resource, stored.metadata.namespace ?? '', stored.metadata.name ?? '');
  const present = collection.get(key);
  if (present)
    throw alreadyExists(resource, stored.metadata.name ?? '', present.object.metadata.deletionTimestamp !== undefined);
  return call.dryRun ? stored : store.put(collection, key, stored).object;
}
