import type { PodDraft } from '../framework/build-pod.ts';
import { buildPod } from '../framework/build-pod.ts';
import { revisionHashLabel } from '../revisions/controller-history.ts';
import type { DaemonSet } from '../kinds/workloads.ts';

const generationAnnotation = 'deprecated.daemonset.template.generation';

/** Daemons outlive trouble of their node: these taints never drive them away. */
const daemonTolerations = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
].map(([key, effect]) => ({ key, operator: 'Exists', effect }));

/** A pod pinned to one node by affinity; the scheduler does the rest. */
export function buildDaemonPod(set: DaemonSet, node: string, hash: string): PodDraft {
  const pod = buildPod(set, set.spec.template);
  const generation = set.metadata.annotations?.[generationAnnotation];
  const { nodeAffinity, ...affinity } = (pod.spec.affinity ?? {}) as {
    nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms?: object[] } };
  };
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [{}];
  const required = { nodeSelectorTerms: terms.map((term) => ({ ...term, matchFields })) };
  const network = pod.spec.hostNetwork
    ? [{ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' }]
    : [];
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: {
        ...pod.metadata.labels,
        [revisionHashLabel]: hash,
        ...(generation === undefined ? {} : { 'pod-template-generation': generation }),
      },
    },
    spec: {
      ...pod.spec,
      affinity: {
        ...affinity,
        nodeAffinity: { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required },
      },
      tolerations: [...(pod.spec.tolerations ?? []), ...daemonTolerations, ...network],
    },
  };
}
