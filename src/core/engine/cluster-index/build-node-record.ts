import type { KubeObject } from '#libs/kube';
import { parseApiVersion, resourceKeyOf } from '#libs/kube';
import type { HealthAssessment } from '../health/health.ts';
import { imagesOf } from '../sync/images-of.ts';
import { ownerInstanceOf } from '../tracking/owner-instance-of.ts';
import type { TrackingConfig } from '../tracking/tracking-config.ts';
import { inferOwners } from './infer-owners.ts';
import type { NodeRecord, OwnerLink } from './node-record.ts';

export interface RecordSettings {
  readonly tracking: TrackingConfig;
  readonly health: (object: KubeObject) => HealthAssessment | undefined;
}

/** What is remembered of a live object. */
export function buildNodeRecord(object: KubeObject, { tracking, health }: RecordSettings): NodeRecord {
  const { metadata } = object;
  const owner = ownerInstanceOf(object, tracking);
  const owners = ownersOf(object);
  return {
    key: resourceKeyOf(object),
    version: parseApiVersion(object.apiVersion).version,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    createdAt: metadata.creationTimestamp ?? '',
    owners,
    inferredOwners: owners.length === 0 ? inferOwners(object) : [],
    instance: owner?.instance,
    isSelfReference: owner?.isSelfReference ?? false,
    health: health(object),
    images: imagesOf(object),
    isTerminating: metadata.deletionTimestamp !== undefined,
  };
}

function ownersOf(object: KubeObject): readonly OwnerLink[] {
  const references = object.metadata.ownerReferences ?? [];
  return references.map(({ apiVersion, kind, name, uid }) => ({
    group: parseApiVersion(apiVersion).group,
    kind,
    name,
    uid,
  }));
}
