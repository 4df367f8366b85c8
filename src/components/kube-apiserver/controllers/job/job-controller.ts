import type { ControllerContext } from '../framework/context.ts';
import { addLabelIndex } from '../framework/label-index.ts';
import { watchChildren, watchObjects } from '../framework/watch-owner.ts';
import { controllerOf } from '../kinds/live-object.ts';
import type { Pod } from '../kinds/pod.ts';
import { jobs, pods } from '../kinds/resources.ts';
import { isTracked } from './count-pods.ts';
import { dropTracking } from './drop-tracking.ts';
import { reconcileJob } from './reconcile-job.ts';

/** Jobs run pods to their end, so many times. */
export function startJobController(context: ControllerContext): void {
  const { cluster } = context;
  const events = context.eventsOf('job-controller');
  const jobCache = cluster.cache(jobs);
  const podCache = cluster.cache(pods);
  addLabelIndex(podCache);
  const loop = context.startLoop({
    name: 'job-controller',
    reconcile: (key, signal) => reconcileJob({ cluster, events, clock: context.clock, signal }, key),
  });
  watchObjects(jobCache, loop);
  watchChildren(podCache, jobCache, { kind: 'Job', loop });
  releaseOrphans(context);
}

/** A pod whose job is gone would be held by the finalizer for ever. */
function releaseOrphans(context: ControllerContext): void {
  const { cluster } = context;
  const podCache = cluster.cache(pods);
  const jobCache = cluster.cache(jobs);
  const isOrphan = (pod: Pod) => {
    const owner = controllerOf(pod);
    return isTracked(pod) && (owner?.kind !== 'Job' || !jobCache.byUid(owner.uid));
  };
  const loop = context.startLoop({
    name: 'job-orphan-pods',
    async reconcile(key, signal) {
      const pod = podCache.byKey(key);
      if (!pod || !isOrphan(pod)) return undefined;
      await dropTracking(cluster, pod, signal);
      return undefined;
    },
  });
  watchObjects(podCache, loop);
  jobCache.onChange(({ before, after }) => {
    if (before && !after)
      for (const pod of podCache.byIndex('controller', before.metadata.uid))
        loop.add(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`);
  });
}
