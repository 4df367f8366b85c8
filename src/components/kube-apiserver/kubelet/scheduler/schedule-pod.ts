import type { Clock } from '#base/clock';
import type { Cluster } from '../../controllers/framework/cluster.ts';
import type { EventRecorder } from '../../controllers/framework/event-recorder.ts';
import { formatTime, isTerminating, splitKey } from '../../controllers/kinds/live-object.ts';
import type { Condition } from '../../controllers/kinds/live-object.ts';
import { isPodFinished, podCondition } from '../../controllers/kinds/pod.ts';
import type { Pod } from '../../controllers/kinds/pod.ts';
import { nodes, persistentVolumeClaims, pods } from '../../controllers/kinds/resources.ts';
import { nodeName } from '../node.ts';
import { decidePlacement } from './decide-placement.ts';

export interface SchedulerStep {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly signal: AbortSignal;
}

/** Binds a pod that has no node to ours, or says why it cannot. */
export async function schedulePod(step: SchedulerStep, key: string): Promise<undefined> {
  const { namespace, name } = splitKey(key);
  const pod = step.cluster.cache(pods).get(namespace, name);
  if (!pod || pod.spec.nodeName || isTerminating(pod) || isPodFinished(pod)) return undefined;
  if ((pod.spec.schedulerName ?? 'default-scheduler') !== 'default-scheduler') return undefined;
  const labels = step.cluster.cache(nodes).get('', nodeName)?.metadata.labels ?? {};
  const placement = decidePlacement(pod, labels, (claim) =>
    step.cluster.cache(persistentVolumeClaims).get(namespace, claim),
  );
  if (placement.bind) return bind(step, pod);
  const condition: Condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: placement.reason,
    message: placement.message,
  };
  return noteUnschedulable(step, pod, condition);
}

async function bind(step: SchedulerStep, pod: Pod): Promise<undefined> {
  const { namespace = '', name, uid } = pod.metadata;
  const body = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, namespace, uid },
    target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
  };
  await step.cluster.client.request('POST', `/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
    body,
    signal: step.signal,
  });
  step.events.record(pod, {
    type: 'Normal',
    reason: 'Scheduled',
    message: `Successfully assigned ${namespace}/${name} to ${nodeName}`,
  });
  return undefined;
}

async function noteUnschedulable(step: SchedulerStep, pod: Pod, condition: Condition): Promise<undefined> {
  const known = podCondition(pod, 'PodScheduled');
  if (known?.reason === condition.reason && known?.message === condition.message) return undefined;
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  const dated = { lastProbeTime: null, lastTransitionTime: formatTime(step.clock.now()), ...condition };
  await step.cluster.patch(
    pods,
    pod,
    { metadata: { uid: pod.metadata.uid }, status: { conditions: [...others, dated] } },
    { subresource: 'status', signal: step.signal },
  );
  if (condition.reason === 'Unschedulable')
    step.events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message: condition.message ?? '' });
  return undefined;
}
