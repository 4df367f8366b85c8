import type { PodDraft } from '../framework/build-pod.ts';
import { buildPod } from '../framework/build-pod.ts';
import type { Job } from '../kinds/batch.ts';
import type { Container } from '../kinds/pod.ts';
import { completionIndexKey } from './completion-indexes.ts';

export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';

/** A pod of a job: held by a finalizer until it is counted; of an Indexed job, told its index. */
export function buildJobPod(job: Job, index: number | undefined): PodDraft {
  const pod = buildPod(job, job.spec.template);
  const finalizers = [...(pod.metadata.finalizers ?? []), trackingFinalizer];
  if (index === undefined) return { ...pod, metadata: { ...pod.metadata, finalizers } };
  const mark = { [completionIndexKey]: String(index) };
  const withIndex = (container: Container): Container => ({
    ...container,
    env: [
      ...(container.env ?? []).filter(({ name }) => name !== 'JOB_COMPLETION_INDEX'),
      {
        name: 'JOB_COMPLETION_INDEX',
        valueFrom: { fieldRef: { fieldPath: `metadata.labels['${completionIndexKey}']` } },
      },
    ],
  });
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      generateName: `${job.metadata.name}-${index}-`,
      finalizers,
      annotations: { ...pod.metadata.annotations, ...mark },
      labels: { ...pod.metadata.labels, ...mark },
    },
    spec: {
      ...pod.spec,
      hostname: `${job.metadata.name}-${index}`,
      containers: pod.spec.containers.map(withIndex),
      ...(pod.spec.initContainers ? { initContainers: pod.spec.initContainers.map(withIndex) } : {}),
    },
  };
}
