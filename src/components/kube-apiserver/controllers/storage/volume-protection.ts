import type { ControllerContext } from '../framework/context.ts';
import type { Cluster } from '../framework/cluster.ts';
import { watchObjects } from '../framework/watch-owner.ts';
import type { LiveObject, Resource } from '../kinds/live-object.ts';
import { isTerminating } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { isPodFinished } from '../kinds/pod.ts';
import { persistentVolumeClaims, persistentVolumes, pods } from '../kinds/resources.ts';

const claimFinalizer = 'kubernetes.io/pvc-protection';
const volumeFinalizer = 'kubernetes.io/pv-protection';

/** Lets claims go when no pod uses them any more, and volumes when no claim is bound to them. */
export function startVolumeProtection(context: ControllerContext): void {
  const { cluster } = context;
  const claims = cluster.cache(persistentVolumeClaims);
  const volumes = cluster.cache(persistentVolumes);
  const podCache = cluster.cache(pods);
  podCache.addIndex('claim', claimsOf);
  const claimLoop = context.startLoop({
    name: 'pvc-protection',
    async reconcile(key, signal) {
      const claim = claims.byKey(key);
      const isUsed = podCache.byIndex('claim', key).some((pod) => !isPodFinished(pod));
      if (claim && isTerminating(claim) && !isUsed)
        await dropFinalizer(cluster, persistentVolumeClaims, claim, { finalizer: claimFinalizer, signal });
      return undefined;
    },
  });
  const volumeLoop = context.startLoop({
    name: 'pv-protection',
    async reconcile(key, signal) {
      const volume = volumes.byKey(key);
      const claim = (volume?.['spec'] as { claimRef?: { uid?: string } } | undefined)?.claimRef;
      const isUsed = claims.byUid(claim?.uid ?? '') !== undefined;
      if (volume && isTerminating(volume) && !isUsed)
        await dropFinalizer(cluster, persistentVolumes, volume, { finalizer: volumeFinalizer, signal });
      return undefined;
    },
  });
  watchObjects(claims, claimLoop);
  watchObjects(volumes, volumeLoop);
  podCache.onChange(({ before, after }) => {
    const hasLeft = before && (!after || isPodFinished(after));
    if (hasLeft) for (const key of claimsOf(before)) claimLoop.add(key);
  });
  claims.onChange(({ before, after }) => {
    if (before && !after && before.spec.volumeName) volumeLoop.add(`/${before.spec.volumeName}`);
  });
}

function claimsOf(pod: Pod): string[] {
  const names = (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
  return names.map((name) => `${pod.metadata.namespace ?? ''}/${name}`);
}

async function dropFinalizer<T extends LiveObject>(
  cluster: Cluster,
  resource: Resource<T>,
  object: T,
  { finalizer, signal }: { readonly finalizer: string; readonly signal: AbortSignal },
): Promise<void> {
  const { uid, resourceVersion, finalizers = [] } = object.metadata;
  if (!finalizers.includes(finalizer)) return;
  const rest = finalizers.filter((name) => name !== finalizer);
  await cluster.patch(
    resource,
    object,
    { metadata: { uid, resourceVersion, finalizers: rest.length > 0 ? rest : null } },
    { signal },
  );
}
