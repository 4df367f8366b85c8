import { hookTypesOf, assessHealth, fieldManager } from '#core/engine';
import { gvkOf, isAlreadyExists, resourceKeyOf } from '#libs/kube';
import type { KubeObject } from '#libs/kube';
import { atFailpoint } from '../failpoint.ts';
import type { Failpoint } from '../failpoint.ts';
import type { LiveCluster } from '../live/live-cluster.ts';

export type DeleteHookType = 'PreDelete' | 'PostDelete';

export interface DeleteHooks {
  readonly type: DeleteHookType;
  /** Every wanted object of the application, placed and marked. */
  readonly targets: readonly KubeObject[];
  readonly cluster: LiveCluster;
  readonly failpoint: Failpoint | undefined;
  readonly signal: AbortSignal;
}

export function isDeleteHook(object: KubeObject): boolean {
  return hookTypesOf(object).some((type) => type === 'PreDelete' || type === 'PostDelete');
}

/** Creates the hooks of one side of a deletion that are not there yet; what is still awaited, or undefined when all have ended. */
export async function runDeleteHooks({
  type,
  targets,
  cluster,
  failpoint,
  signal,
}: DeleteHooks): Promise<string | undefined> {
  const waiting: string[] = [];
  for (const hook of targets.filter((target) => hookTypesOf(target).includes(type))) {
    const object = hook.metadata.name ? hook : { ...hook, metadata: { ...hook.metadata, name: nameOf(hook, type) } };
    const gvk = gvkOf(object);
    const endpoint = cluster.resource(gvk);
    if (endpoint === undefined) continue;
    let live = await cluster.live(resourceKeyOf(object), gvk, signal);
    if (live === undefined) {
      live = await atFailpoint(failpoint, 'create', () =>
        cluster.client.create(endpoint, object, { fieldManager, signal }),
      ).catch((error: unknown) => {
        if (isAlreadyExists(error)) return object;
        throw error;
      });
      cluster.observe(live);
    }
    const status = assessHealth(live)?.status ?? 'Healthy';
    const name = `${live.kind} "${live.metadata.name}"`;
    if (status === 'Degraded') waiting.push(`${type} hook ${name} failed`);
    else if (status !== 'Healthy') waiting.push(`waiting for completion of ${type} hook ${name}`);
  }
  return waiting.length === 0 ? undefined : waiting.join('; ');
}

/** The same name in every pass, so that a restart does not run the hook again. */
function nameOf({ metadata }: KubeObject, type: DeleteHookType): string {
  return `${metadata.generateName ?? ''}${type.toLowerCase()}`;
}
