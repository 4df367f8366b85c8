import type { KubeObject } from '#libs/kube';
import { marks } from '../annotations.ts';

/** The sync wave of an object: Argo CD's annotation, else Helm's hook weight, else 0. */
export function syncWaveOf(object: Pick<KubeObject, 'metadata'>): number {
  const annotations = object.metadata.annotations;
  if (annotations === undefined) return 0;
  return integer(annotations[marks.syncWave]) ?? integer(annotations[marks.helmHookWeight]) ?? 0;
}

function integer(text: unknown): number | undefined {
  return typeof text === 'string' && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}
