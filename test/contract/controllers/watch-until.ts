import { withDeadline } from '#base/abort';
import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { deferred } from '#base/deferred';
import { raceAbort } from '#base/abort';
import type { KubeClient, KubeObject, ResourceType } from '#libs/kube';
import { Informer } from '#libs/kube';

/** Resolves with the objects of a resource in a namespace as soon as they are as wanted. */
export async function watchUntil(
  client: KubeClient,
  where: { readonly type: ResourceType; readonly namespace?: string },
  holds: (objects: readonly KubeObject[]) => boolean,
): Promise<KubeObject[]> {
  const done = deferred<KubeObject[]>();
  const check = () => informer.isSynced && holds(informer.list()) && done.resolve(informer.list());
  const informer: Informer = new Informer({
    client,
    ...where,
    clock: systemClock,
    log: silentLogger,
    handlers: { changed: check, deleted: check },
  });
  using deadline = withDeadline(systemClock, 20_000, `${where.type.resource} of ${where.namespace ?? 'the cluster'}`);
  try {
    await informer.start();
    check();
    return await raceAbort(done.promise, deadline.signal);
  } finally {
    await informer.stop();
  }
}
