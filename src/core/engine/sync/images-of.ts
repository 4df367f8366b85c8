import { getPath, isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';

const podSpecPaths = [
  ['spec'],
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
] as const;

/** The container images that an object names: of a pod, a workload's template, or a cron job. In order, without repeats. */
export function imagesOf(object: KubeObject): readonly string[] {
  const images = new Set<string>();
  for (const path of podSpecPaths) {
    const spec = getPath(object, ...path);
    if (!isRecord(spec)) continue;
    for (const list of [spec['initContainers'], spec['containers'], spec['ephemeralContainers']]) {
      for (const container of Array.isArray(list) ? list : []) {
        const image = getPath(container, 'image');
        if (typeof image === 'string' && image !== '') images.add(image);
      }
    }
  }
  return [...images];
}
