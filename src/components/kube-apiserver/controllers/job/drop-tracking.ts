import type { Cluster } from '../framework/cluster.ts';
import type { Pod } from '../kinds/pod.ts';
import { pods } from '../kinds/resources.ts';
import { trackingFinalizer } from './build-job-pod.ts';

/** Lets a pod go that has been counted. */
export async function dropTracking(cluster: Cluster, pod: Pod, signal: AbortSignal): Promise<void> {
  const { uid, resourceVersion } = pod.metadata;
  const finalizers = (pod.metadata.finalizers ?? []).filter((finalizer) => finalizer !== trackingFinalizer);
  const body = { metadata: { uid, resourceVersion, finalizers: finalizers.length > 0 ? finalizers : null } };
  await cluster.patch(pods, pod, body, { signal });
}
