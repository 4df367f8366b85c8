import type { KubeObject, ObjectMeta } from '#libs/kube';
import { deepEqual } from '#base/json';
import { hashTemplate } from '../framework/hash-template.ts';
import { compareCreation, controllerReference } from '../kinds/live-object.ts';
import type { PodTemplate } from '../kinds/pod.ts';
import type { Deployment, ReplicaSet } from '../kinds/workloads.ts';
import { sizeAnnotations } from './apply-resizes.ts';
import type { OwnedSets } from './plan-scaling.ts';
import {
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  newReplicaSetSize,
  revisionAnnotation,
  revisionHistoryAnnotation,
} from './rollout-numbers.ts';

const hashLabel = 'pod-template-hash';

/** Annotations that say something about one object only and are never copied to ReplicaSets. */
const ownAnnotations = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  'deprecated.deployment.rollback.to',
]);

/** Splits what a Deployment owns into the ReplicaSet of its present template and the rest. */
export function findOwnedSets(deployment: Deployment, owned: readonly ReplicaSet[]): OwnedSets {
  const sorted = [...owned].sort(compareCreation);
  const newSet = sorted.find((set) => isSameTemplate(set.spec.template, deployment.spec.template));
  return { newSet, oldSets: sorted.filter((set) => set !== newSet) };
}

/** Equality of pod templates, the hash label apart. */
export function isSameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return deepEqual(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplate): unknown {
  const { creationTimestamp: _, labels, annotations, ...metadata } = template.metadata ?? {};
  const kept = Object.entries(labels ?? {}).filter(([key]) => key !== hashLabel);
  return { ...template, metadata: { ...metadata, labels: Object.fromEntries(kept), annotations: annotations ?? {} } };
}
/** The deployment's annotations on its ReplicaSet, and a revision that only grows; earlier ones are kept as history. */
export function buildSetAnnotations(
  deployment: Deployment,
  current: Readonly<Record<string, string>>,
  revision: number,
): Record<string, string> {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !ownAnnotations.has(key));
  const annotations: Record<string, string> = { ...current, ...Object.fromEntries(copied) };
  const before = current[revisionAnnotation];
  const old = Number.parseInt(before ?? '0', 10) || 0;
  if (old < revision) {
    annotations[revisionAnnotation] = String(revision);
    if (before !== undefined) {
      const history = current[revisionHistoryAnnotation];
      annotations[revisionHistoryAnnotation] = history ? `${history},${before}` : before;
    }
  }
  return annotations;
}

export interface ReplicaSetDraft extends KubeObject {
  metadata: ObjectMeta & { name: string };
  spec: ReplicaSet['spec'] & { replicas: number };
}

export function buildNewSet(deployment: Deployment, oldSets: readonly ReplicaSet[], revision: number): ReplicaSetDraft {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = hashTemplate(withoutHash(template), deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      // Pod names add eleven characters of their own.
      name: `${deployment.metadata.name}-${hash}`,
      ...(deployment.metadata.namespace === undefined ? {} : { namespace: deployment.metadata.namespace }),
      labels,
      annotations: { ...buildSetAnnotations(deployment, {}, revision), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: newReplicaSetSize(deployment, oldSets, 0),
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
