import type { KubeObject, ResourceKey } from '#libs/kube';
import type { HealthAssessment } from '../health/health.ts';

export interface OwnerLink {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** What is kept of every watched object: enough for trees, health and indexes. */
export interface NodeRecord {
  readonly key: ResourceKey;
  readonly version: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdAt: string;
  /** Owner references. */
  readonly owners: readonly OwnerLink[];
  /** Possible owners by name, for objects without references (`inferOwners`); their uid is "". */
  readonly inferredOwners: readonly OwnerLink[];
  /** Instance that the tracking mark names; undefined = not managed. */
  readonly instance: string | undefined;
  readonly isSelfReference: boolean;
  readonly health: HealthAssessment | undefined;
  readonly images: readonly string[];
  readonly isTerminating: boolean;
}

export type ClusterEvent =
  /** `raw` spares a second serialisation when the event came from a watch. */
  | { readonly type: 'upsert'; readonly object: KubeObject; readonly raw?: string | undefined }
  | { readonly type: 'delete'; readonly key: ResourceKey };

/** What an event changed. */
export interface ClusterChange {
  /** Instances whose managed object, or a descendant of it, changed. */
  readonly instances: readonly string[];
  /** Of these, the ones whose own managed object changed: compare it again. */
  readonly managedBy: string | undefined;
  readonly key: ResourceKey;
  /** False when nothing that matters changed (same resourceVersion). */
  readonly isNews: boolean;
}

export interface TreeNode extends NodeRecord {
  readonly parents: readonly ResourceKey[];
}
