import type { KubeClient } from '#libs/kube';
import { isExpired } from '#libs/kube';
import { backoffDelay, withJitter } from '#base/backoff';
import type { Clock } from '#base/clock';
import { deferred } from '#base/deferred';
import type { Logger } from '#base/log';
import type { LiveObject, Resource } from '../kinds/live-object.ts';
import type { Cache } from './cache.ts';

export interface Feed {
  /** Resolves with the first complete list. */
  readonly synced: Promise<void>;
  readonly isSynced: boolean;
  close(): Promise<void>;
}

interface Target<T extends LiveObject> {
  readonly resource: Resource<T>;
  readonly cache: Cache<T>;
  readonly metadataOnly: boolean;
}

/** Fills a cache by list and watch, again after every failure, until closed. */
export function followResource<T extends LiveObject>(
  deps: { readonly client: KubeClient; readonly clock: Clock; readonly log: Logger },
  target: Target<T>,
): Feed {
  const stop = new AbortController();
  const synced = deferred();
  let isSynced = false;
  const onSynced = () => {
    isSynced = true;
    synced.resolve();
  };
  const run = async () => {
    let version: string | undefined;
    for (let failures = 0; !stop.signal.aborted;) {
      try {
        version ??= await fillOnce(deps.client, target, stop.signal);
        onSynced();
        for await (const event of deps.client.watch(target.resource, {
          resourceVersion: version,
          metadataOnly: target.metadataOnly,
          signal: stop.signal,
        })) {
          failures = 0;
          version = event.object.metadata.resourceVersion ?? version;
          if (event.type === 'ADDED' || event.type === 'MODIFIED' || event.type === 'DELETED')
            target.cache.observe(event.type, event.object as T);
        }
      } catch (error) {
        if (stop.signal.aborted) return;
        if (isExpired(error)) version = undefined;
        else deps.log.debug({ err: error, resource: target.resource.resource }, 'Watch failed; it is started again');
        const delay = withJitter(
          backoffDelay({ baseMs: 100, factor: 2, maxMs: 10_000 }, failures++),
          deps.clock.random(),
        );
        await deps.clock.sleep(delay, stop.signal).catch(() => undefined);
      }
    }
  };
  const running = run();
  return {
    synced: synced.promise,
    get isSynced() {
      return isSynced;
    },
    async close() {
      stop.abort();
      synced.resolve();
      await running;
    },
  };
}

async function fillOnce<T extends LiveObject>(
  client: KubeClient,
  { resource, cache, metadataOnly }: Target<T>,
  signal: AbortSignal,
): Promise<string> {
  const { items, metadata } = await client.list(resource, { metadataOnly, signal });
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  // Items of a typed list carry no type of their own; a metadata-only answer carries another one.
  cache.replace(
    items.map((item) => ({ ...item, apiVersion, kind: resource.kind }) as T),
    metadata.resourceVersion ?? '0',
  );
  return metadata.resourceVersion ?? '0';
}
