import type { ControllerContext } from '../framework/context.ts';
import { watchObjects } from '../framework/watch-owner.ts';
import { controllerOf } from '../kinds/live-object.ts';
import { cronJobs, jobs } from '../kinds/resources.ts';
import { reconcileCronJob } from './reconcile-cron-job.ts';

/** CronJobs create Jobs at the times of their schedule. */
export function startCronJobController(context: ControllerContext): void {
  const { cluster } = context;
  const events = context.eventsOf('cronjob-controller');
  const loop = context.startLoop({
    name: 'cronjob-controller',
    reconcile: (key, signal) => reconcileCronJob({ cluster, events, clock: context.clock, signal }, key),
  });
  watchObjects(cluster.cache(cronJobs), loop);
  cluster.cache(jobs).onChange(({ before, after }) => {
    const job = after ?? before;
    const owner = job && controllerOf(job);
    if (owner?.kind === 'CronJob') loop.add(`${job?.metadata.namespace ?? ''}/${owner.name}`);
  });
}
