import { deepEqual } from '#base/json';
import type { KubeObject } from '#libs/kube';
import { KubeApiError } from '#libs/kube';
import { administrator } from '../authentication/user-identity.ts';
import type { CallContext } from '../operations/call-context.ts';
import type { ServerState } from '../operations/server-state.ts';
import { strategyContext } from '../operations/strategy-context.ts';
import { patchObject } from '../operations/patch-object.ts';
import { updateObject } from '../operations/update-object.ts';
import type { Fields } from '../registry/strategies/fields.ts';
import { fieldsOf, listOf } from '../registry/strategies/fields.ts';
import type { StrategyContext } from '../registry/strategy.ts';
import type { Entry } from '../storage/entry.ts';

/** A loop inside the real API server that says how one kind's objects are. */
export interface StatusWriter {
  readonly collection: string;
  readonly manager: string;
  /** Writes by server-side apply instead of an update, which shows in the managed fields. */
  readonly applies?: boolean;
  /** The status that an object should have; its conditions' times count only where a condition changes. */
  readonly statusOf: (object: KubeObject, context: StrategyContext) => Fields;
}

/** Writes the statuses of all objects, now and whenever one changes; answers a function that stops it. */
export function writeStatuses(server: ServerState, writers: readonly StatusWriter[]): () => void {
  const stops = writers.map((writer) => {
    const collection = server.store.collection(writer.collection);
    const present = Array.from(collection.range(undefined));
    for (const entry of present) writeStatus(server, writer, entry);
    return collection.listen(({ type, entry }) => {
      // Of several changes only the newest state is looked at.
      if (type !== 'DELETED' && collection.get(entry.key) === entry) writeStatus(server, writer, entry);
    });
  });
  return () => {
    for (const stop of stops) stop();
  };
}

function writeStatus(
  server: ServerState,
  { collection, manager, statusOf, applies }: StatusWriter,
  entry: Entry,
): void {
  const resource = server.registry.stored(collection);
  if (!resource) return;
  const call: CallContext = {
    user: administrator,
    dryRun: false,
    fieldManager: manager,
    fieldValidation: 'Ignore',
    warnings: [],
  };
  const { object } = entry;
  const wanted = statusOf(object, strategyContext(server, call));
  const status = {
    ...wanted,
    conditions: keepTimes(listOf(wanted, 'conditions'), listOf(fieldsOf(object, 'status'), 'conditions')),
  };
  if (deepEqual(status, object['status'])) return;
  try {
    if (applies) {
      const { apiVersion, kind, metadata } = object;
      const patch = { apiVersion, kind, metadata: { name: metadata.name }, status };
      const name = metadata.name ?? '';
      patchObject(server, {
        resource,
        namespace: '',
        name,
        type: 'apply',
        patch,
        force: true,
        call,
        subresource: 'status',
      });
      return;
    }
    const next = { ...object, metadata: { ...object.metadata }, status };
    updateObject(server, { resource, entry, object: next, call, subresource: 'status', isPatch: true });
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    server.log.warn({ err: error, name: object.metadata.name }, 'A status could not be written');
  }
}

/** A condition that says what it said before keeps its time. */
function keepTimes(conditions: readonly Fields[], before: readonly Fields[]): readonly Fields[] {
  return conditions.map((condition) => {
    const same = before.find((one) => one['type'] === condition['type']);
    if (!same) return condition;
    const { lastTransitionTime: _was, ...rest } = same;
    const { lastTransitionTime: _is, ...now } = condition;
    return deepEqual(rest, now) ? same : condition;
  });
}
