import type { KubeObject } from '#libs/kube';
import type { LiveObject } from '../kinds/live-object.ts';
import { controllerReference } from '../kinds/live-object.ts';
import type { PodSpec, PodTemplate } from '../kinds/pod.ts';

export interface PodDraft extends KubeObject {
  spec: PodSpec;
}

/** A pod as its controller creates it: the template's labels, annotations and finalizers, and who controls it. */
export function buildPod(owner: LiveObject, template: PodTemplate): PodDraft {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: podPrefix(owner.metadata.name),
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      ...(labels ? { labels: { ...labels } } : {}),
      ...(annotations ? { annotations: { ...annotations } } : {}),
      ...(finalizers ? { finalizers: [...finalizers] } : {}),
      ownerReferences: [controllerReference(owner)],
    },
    spec: template.spec,
  };
}

/** The owner's name and a dash; the dash is left out where the name would be too long for a generated one. */
function podPrefix(name: string): string {
  return name.length + 1 <= 253 ? `${name}-` : name;
}
