import type { Comparison, HealthAssessment } from '#core/engine';
import type { GroupVersionKind, ResourceKey } from '#libs/kube';

/** What is known of one resource of an application. */
export interface ResourceVerdict {
  readonly id: string;
  readonly key: ResourceKey;
  readonly gvk: GroupVersionKind;
  readonly comparison: Comparison;
  readonly isDesired: boolean;
  readonly isLive: boolean;
  readonly health: HealthAssessment | undefined;
  readonly countsForHealth: boolean;
  readonly wave: number;
  /** Why the project forbids it; undefined = permitted. */
  readonly refusal: string | undefined;
  /** Another application that the live object says it belongs to. */
  readonly otherOwner: string | undefined;
  /** The same key has the same verdict. */
  readonly cacheKey: string;
}
