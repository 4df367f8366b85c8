import type { KubeObject, OwnerReference } from '#libs/kube';
import type { PodDraft } from '../framework/build-pod.ts';
import { buildPod } from '../framework/build-pod.ts';
import { revisionHashLabel } from '../revisions/controller-history.ts';
import type { LiveObject } from '../kinds/live-object.ts';
import type { PodTemplate } from '../kinds/pod.ts';
import type { ControllerRevision, StatefulSet } from '../kinds/workloads.ts';

const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const podIndexLabel = 'apps.kubernetes.io/pod-index';

/** "web-3" → 3; -1 for a name that is not one of the set's. */
export function ordinalOf(set: StatefulSet, podName: string): number {
  const prefix = `${set.metadata.name}-`;
  const rest = podName.startsWith(prefix) ? podName.slice(prefix.length) : '';
  return /^\d+$/.test(rest) ? Number(rest) : -1;
}

function podNameOf(set: StatefulSet, ordinal: number): string {
  return `${set.metadata.name}-${ordinal}`;
}

/** The template that a revision kept. */
function templateOf(revision: ControllerRevision): PodTemplate {
  const { $patch: _, ...template } = (revision.data as { spec: { template: PodTemplate & { $patch?: string } } }).spec
    .template;
  return template;
}

/** A pod with the stable identity of its ordinal, from the template of a revision. */
export function buildStatefulPod(set: StatefulSet, ordinal: number, revision: ControllerRevision): PodDraft {
  const pod = buildPod(set, templateOf(revision));
  const name = podNameOf(set, ordinal);
  const claims = (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    name: template.metadata.name,
    persistentVolumeClaim: { claimName: claimName(template.metadata.name, name) },
  }));
  const others = (pod.spec.volumes ?? []).filter((volume) => !claims.some((claim) => claim.name === volume.name));
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      name,
      labels: {
        ...pod.metadata.labels,
        [podNameLabel]: name,
        [podIndexLabel]: String(ordinal),
        [revisionHashLabel]: revision.metadata.name,
      },
    },
    spec: {
      ...pod.spec,
      hostname: name,
      ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
      ...(claims.length + others.length > 0 ? { volumes: [...claims, ...others] } : {}),
    },
  };
}

export function claimName(template: string, podName: string): string {
  return `${template}-${podName}`;
}

/** The claims that a pod of the set needs. */
export function buildClaims(set: StatefulSet, podName: string): (KubeObject & { metadata: { name: string } })[] {
  const { namespace } = set.metadata;
  return (set.spec.volumeClaimTemplates ?? []).map(({ metadata, spec }) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(metadata.name, podName),
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...metadata.labels, ...set.spec.selector.matchLabels },
      ...(metadata.annotations ? { annotations: { ...metadata.annotations } } : {}),
      ...(set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete'
        ? { ownerReferences: [plainReference(set)] }
        : {}),
    },
    spec,
  }));
}

/** An owner that its dependent goes with, though it does not control it. */
export function plainReference({ apiVersion, kind, metadata }: LiveObject): OwnerReference {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid };
}
