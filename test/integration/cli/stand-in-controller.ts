import { systemClock } from '#base/clock';
import { annotations, applicationType } from '#core/api';
import type { Application, ResourceResult } from '#core/api';
import type { KubeClient, KubeObject } from '#libs/kube';
import { controlNamespace } from './cli-rig.ts';

export interface StandInOptions {
  readonly client: KubeClient;
  readonly revision: () => string;
  /** Result rows of an operation; the application's own resources, configured, unless given. */
  readonly results?: (application: Application) => readonly ResourceResult[];
  /** Lets deleted applications go. Default false. */
  readonly deletes?: boolean;
}

/**
 * What the command line sees of an application controller: it takes up operations, reports their progress in status, and
 * removes the refresh annotation. It applies nothing.
 */
export function startStandInController({
  client,
  revision,
  results = unchanged,
  deletes = false,
}: StandInOptions): AsyncDisposable {
  const stop = new AbortController();
  const patch = (name: string, body: unknown) =>
    client.patch(applicationType, name, body, { type: 'merge', namespace: controlNamespace });
  const handle = async (application: Application) => {
    const { metadata, operation, status } = application;
    const name = metadata.name ?? '';
    if (metadata.deletionTimestamp !== undefined && deletes) await patch(name, { metadata: { finalizers: null } });
    if (metadata.annotations?.[annotations.refresh] !== undefined) await patch(name, compared(application, revision()));
    if (operation === undefined || status?.operationState?.phase === 'Running') return;
    const startedAt = now();
    const state = {
      operation,
      startedAt,
      phase: 'Running',
      message: 'waiting for the first wave',
      finishedAt: null,
      syncResult: null,
    };
    await patch(name, { status: { operationState: state } });
    const syncResult = { revision: revision(), resources: results(application) };
    const done = { phase: 'Succeeded', message: 'successfully synced (all tasks run)', finishedAt: now(), syncResult };
    await patch(name, { operation: null, status: { operationState: done } });
  };
  const running = follow(client, stop.signal, handle);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

async function follow(
  client: KubeClient,
  signal: AbortSignal,
  handle: (application: Application) => Promise<void>,
): Promise<void> {
  try {
    const { items, metadata } = await client.list(applicationType, { namespace: controlNamespace, signal });
    for (const item of items) await handle(item as Application & KubeObject);
    for await (const { type, object } of client.watch(applicationType, {
      namespace: controlNamespace,
      resourceVersion: metadata.resourceVersion ?? '0',
      signal,
    })) {
      if (type === 'ADDED' || type === 'MODIFIED') await handle(object as Application & KubeObject);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The comparison that a refresh asks for: after an operation everything is as Git says. */
function compared({ status }: Application, revision: string) {
  const isSynced = status?.operationState?.phase === 'Succeeded';
  const resources = (status?.resources ?? []).map(({ health, ...resource }) => ({
    ...resource,
    status: 'Synced',
    ...(health?.status === 'Missing' ? {} : { health }),
  }));
  return {
    metadata: { annotations: { [annotations.refresh]: null } },
    status: {
      reconciledAt: now(),
      ...(isSynced ? { resources, sync: { status: 'Synced', revision }, health: { status: 'Healthy' } } : {}),
    },
  };
}

function unchanged({ status }: Application): readonly ResourceResult[] {
  return (status?.resources ?? []).map(({ group = '', kind = '', namespace = '', name = '', version = 'v1' }) => ({
    group,
    kind,
    namespace,
    name,
    version,
    status: 'Synced',
    hookPhase: 'Running',
    syncPhase: 'Sync',
    message: `${name} configured`,
  }));
}

function now(): string {
  return new Date(systemClock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
}
