import { chargeable, writesOf } from './call-counts.ts';
import type { MainJobResult } from './run-main-job.ts';
import { objectsPerApplication } from './workload.ts';

/** The promises of the product about API calls that this run broke, in words; wall time never is one. Pure. */
export function checkCounts(result: MainJobResult): readonly string[] {
  const { kind, applications, initialSync, byRefresh, byPoll, noopCommit, idle, healDeleted, healEdited } = result;
  const broken: string[] = [];
  const atMost = (what: string, actual: number, limit: number) => {
    if (actual > limit) broken.push(`${kind}: ${what}: ${actual} calls, promised are ${limit}`);
  };
  // M + 2 for a sync that changes M objects; reads of a starting controller (lists, discovery, schemas) come with the first.
  atMost('initial sync', writes(initialSync.cost), applications * (objectsPerApplication + 2));
  atMost('commits by refresh', chargeable(byRefresh.cost.calls), byRefresh.toObject.count * 3);
  atMost('commits by poll', chargeable(byPoll.cost.calls), byPoll.toObject.count * 3);
  atMost('healing deleted objects', chargeable(healDeleted.cost.calls), healDeleted.times.count * 3);
  atMost('healing edited objects', chargeable(healEdited.cost.calls), healEdited.times.count * 3);
  atMost('a commit that nobody reads', chargeable(noopCommit.calls), 0);
  atMost('idling', chargeable(idle.calls), 0);
  atMost('Lease renewals while idle', writesOf(idle.calls, 'leases'), Math.ceil(idle.seconds / 5));
  for (const [scenario, cost] of Object.entries(costsOf(result))) {
    for (const line of cost.disagreements) broken.push(`${kind}: ${scenario}: counted differently: ${line}`);
  }
  return broken;
}

export function costsOf(result: MainJobResult) {
  return {
    'initial sync': result.initialSync.cost,
    'commits by refresh': result.byRefresh.cost,
    'commits by poll': result.byPoll.cost,
    'deleted objects': result.healDeleted.cost,
    'edited objects': result.healEdited.cost,
    'a commit that nobody reads': result.noopCommit,
    idle: result.idle,
  };
}

function writes(cost: MainJobResult['idle']): number {
  return writesOf(cost.calls) - writesOf(cost.calls, 'events') - writesOf(cost.calls, 'leases');
}
