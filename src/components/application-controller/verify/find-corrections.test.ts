import { describe, expect, it } from 'vitest';
import { ClusterIndex } from '#core/engine';
import type { KubeObject } from '#libs/kube';
import { resourceKeyOf } from '#libs/kube';
import { findCorrections } from './find-corrections.ts';

function managed(name: string, resourceVersion: string, value: string): KubeObject {
  const annotations = { 'argocd.argoproj.io/tracking-id': `app:/ConfigMap:n/${name}` };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'n', uid: name, resourceVersion, annotations },
    data: { v: value },
  };
}

function reasons(held: readonly KubeObject[], listed: readonly KubeObject[]): readonly string[] {
  const index = new ClusterIndex({ tracking: { method: 'annotation' } });
  for (const object of held) index.apply({ type: 'upsert', object });
  const nodes = held.flatMap((object) => index.node(resourceKeyOf(object)) ?? []);
  return findCorrections({ index, listed, held: nodes }).map(({ key, reason }) => `${key.name} ${reason}`);
}

describe('findCorrections', () => {
  it('finds nothing where the index is right', () => {
    expect(reasons([managed('a', '1', 'x')], [managed('a', '1', 'x')])).toEqual([]);
  });

  it('tells every way to be wrong', () => {
    const held = [managed('stale', '1', 'x'), managed('corrupt', '2', 'x'), managed('ghost', '3', 'x')];
    const listed = [managed('stale', '9', 'y'), managed('corrupt', '2', 'y'), managed('new', '4', 'x')];
    expect(reasons(held, listed)).toEqual([
      'stale stale-in-index',
      'corrupt differs-in-index',
      'new missing-in-index',
      'ghost gone-from-cluster',
    ]);
  });

  it('does not mind an index that is ahead of the list', () => {
    expect(reasons([managed('a', '9', 'y')], [managed('a', '1', 'x')])).toEqual([]);
  });
});
