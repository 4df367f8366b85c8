import type { KubeObject } from '#libs/kube';
import { listAnnotation, marks } from './annotations.ts';

type Annotated = Pick<KubeObject, 'metadata'>;

/** `argocd.argoproj.io/sync-options` of one object: exact `Key=Value` texts. */
export function hasSyncOption(object: Annotated | undefined, option: string): boolean {
  return object !== undefined && listAnnotation(object, marks.syncOptions).includes(option);
}

/** The value of a sync option that is read as a value (`Prune`, `Delete`); the last one counts. */
export function syncOptionValue(object: Annotated | undefined, key: string): string | undefined {
  if (object === undefined) return undefined;
  const match = listAnnotation(object, marks.syncOptions).findLast((option) => option.startsWith(`${key}=`));
  return match?.slice(key.length + 1);
}

export function hasCompareOption(object: Annotated, option: string): boolean {
  return listAnnotation(object, marks.compareOptions).includes(option);
}

/** Helm's `helm.sh/resource-policy: keep`: the object outlives its release. */
export function isKeptByHelm(object: Annotated): boolean {
  return listAnnotation(object, marks.helmResourcePolicy).includes('keep');
}
