import type { Pod } from '../../controllers/kinds/pod.ts';
import type { PersistentVolumeClaim } from '../../controllers/kinds/workloads.ts';

export type Placement =
  | { readonly bind: true }
  | { readonly bind: false; readonly reason: 'Unschedulable' | 'SchedulingGated'; readonly message: string };

/** Whether the one node can take a pod, in the scheduler's words. Room is never short. */
export function decidePlacement(
  pod: Pod,
  nodeLabels: Readonly<Record<string, string>>,
  claimOf: (name: string) => PersistentVolumeClaim | undefined,
): Placement {
  const gates = pod.spec.schedulingGates ?? [];
  if (gates.length > 0)
    return {
      bind: false,
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    };
  const claims = (pod.spec.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
  for (const name of claims) {
    const claim = claimOf(name);
    if (!claim) return unschedulable(`persistentvolumeclaim "${name}" not found. not found`);
    if (claim.status?.phase !== 'Bound')
      return unschedulable('pod has unbound immediate PersistentVolumeClaims. not found');
  }
  const fits = Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => nodeLabels[key] === value);
  return fits
    ? { bind: true }
    : unschedulable(
        "1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
      );
}

function unschedulable(why: string): Placement {
  return { bind: false, reason: 'Unschedulable', message: `0/1 nodes are available: ${why}` };
}
