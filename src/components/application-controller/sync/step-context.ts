import type { KubeObject, ResourceKey } from '#libs/kube';
import type { Failpoint } from '../failpoint.ts';
import type { LiveCluster } from '../live/live-cluster.ts';

/** What every step of a plan is carried out with. */
export interface StepContext {
  readonly cluster: LiveCluster;
  readonly failpoint: Failpoint | undefined;
  readonly signal: AbortSignal;
  /** The object as the decision saw it. */
  live(key: ResourceKey): KubeObject | undefined;
}

export function scopeOf({ namespace }: { readonly namespace?: string | undefined }): { namespace?: string } {
  return namespace === undefined || namespace === '' ? {} : { namespace };
}
