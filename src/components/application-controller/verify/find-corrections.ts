import { deepEqual } from '#base/json';
import type { ClusterIndex, NodeRecord } from '#core/engine';
import { formatResourceKey, resourceKeyOf } from '#libs/kube';
import type { KubeObject, ResourceKey } from '#libs/kube';
import { isOlderVersion } from '../live/is-older-version.ts';

export interface Correction {
  readonly key: ResourceKey;
  /** What is really there; undefined = nothing. */
  readonly object: KubeObject | undefined;
  readonly reason: 'missing-in-index' | 'stale-in-index' | 'differs-in-index' | 'gone-from-cluster';
}

export interface VerificationInput {
  readonly index: ClusterIndex;
  /** A complete list of one kind in the scope that is watched. */
  readonly listed: readonly KubeObject[];
  /** What the index holds of that kind and scope. */
  readonly held: readonly NodeRecord[];
}

/** Where the index says something else than a fresh list. A watch that lags looks the same: ask again before believing it. Pure. */
export function findCorrections({ index, listed, held }: VerificationInput): readonly Correction[] {
  const corrections: Correction[] = [];
  const seen = new Set<string>();
  for (const object of listed) {
    const key = resourceKeyOf(object);
    seen.add(formatResourceKey(key));
    const node = index.node(key);
    const { resourceVersion = '', uid } = object.metadata;
    if (node === undefined) corrections.push({ key, object, reason: 'missing-in-index' });
    else if (node.uid !== uid || isOlderVersion(node.resourceVersion, resourceVersion)) {
      corrections.push({ key, object, reason: 'stale-in-index' });
    } else if (node.resourceVersion === resourceVersion && !isHeldTruly(index.object(key), object)) {
      corrections.push({ key, object, reason: 'differs-in-index' });
    }
  }
  for (const { key } of held) {
    if (!seen.has(formatResourceKey(key))) corrections.push({ key, object: undefined, reason: 'gone-from-cluster' });
  }
  return corrections;
}

function isHeldTruly(held: KubeObject | undefined, real: KubeObject): boolean {
  return held === undefined || deepEqual(withoutManagers(held), withoutManagers(real));
}

/** Of managed fields only our own share may be kept. */
function withoutManagers({ metadata, ...object }: KubeObject): unknown {
  const { managedFields: _managedFields, ...rest } = metadata;
  return { ...object, metadata: rest };
}
