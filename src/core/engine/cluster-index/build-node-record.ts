import type { KubeObject } from '#libs/kube';
import { parseApiVersion, resourceKeyOf } from '#libs/kube';
import type { HealthAssessment } from '../health/health.ts';
import { imagesOf } from '../sync/images-of.ts';
import { ownerInstanceOf } from '../tracking/owner-instance-of.ts';
import type { TrackingConfig } from '../tracking/tracking-config.ts';
import { inferOwners } from './infer-owners.ts';
import type { NodeRecord, OwnerLink } from './node-record.ts';
import type { TextPool } from './text-pool.ts';

export interface RecordSettings {
  readonly tracking: TrackingConfig;
  readonly health: (object: KubeObject) => HealthAssessment | undefined;
  readonly texts: TextPool;
}

/** What is remembered of a live object. */
export function buildNodeRecord(object: KubeObject, { tracking, health, texts }: RecordSettings): NodeRecord {
  const { metadata } = object;
  const owner = ownerInstanceOf(object, tracking);
  const owners = ownersOf(object, texts);
  const key = resourceKeyOf(object);
  const images = imagesOf(object);
  return {
    key: {
      group: texts.share(key.group),
      kind: texts.share(key.kind),
      namespace: texts.share(key.namespace),
      name: key.name,
    },
    version: texts.share(parseApiVersion(object.apiVersion).version),
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    createdAt: metadata.creationTimestamp ?? '',
    owners,
    inferredOwners: owners.length > 0 ? none : orNone(inferOwners(object)),
    instance: owner === undefined ? undefined : texts.share(owner.instance),
    isSelfReference: owner?.isSelfReference ?? false,
    health: health(object),
    images: orNone(images.map((image) => texts.share(image))),
    isTerminating: metadata.deletionTimestamp !== undefined,
  };
}

const none: readonly never[] = Object.freeze([]);

/** Most objects have no images and no owners: they need no list of their own. */
function orNone<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? none : list;
}

function ownersOf(object: KubeObject, texts: TextPool): readonly OwnerLink[] {
  const references = object.metadata.ownerReferences;
  if (references === undefined || references.length === 0) return none;
  return references.map(({ apiVersion, kind, name, uid }) => ({
    group: texts.share(parseApiVersion(apiVersion).group),
    kind: texts.share(kind),
    name: texts.share(name),
    uid: texts.share(uid),
  }));
}
