import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#libs/kube';
import { formatResourceKey, resourceKeyOf } from '#libs/kube';
import { ClusterIndex } from './cluster-index.ts';

let version = 0;

function object(
  kind: string,
  name: string,
  more: Record<string, unknown> = {},
  metadata: Partial<KubeObject['metadata']> = {},
): KubeObject {
  const apiVersion = ['Deployment', 'ReplicaSet', 'StatefulSet'].includes(kind) ? 'apps/v1' : 'v1';
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: 'n', uid: `${kind}-${name}`, resourceVersion: String(++version), ...metadata },
    ...more,
  };
}

function managed(base: KubeObject, instance = 'app'): KubeObject {
  const group = base.apiVersion.includes('/') ? base.apiVersion.split('/')[0] : '';
  const id = `${instance}:${group}/${base.kind}:n/${base.metadata.name}`;
  return { ...base, metadata: { ...base.metadata, annotations: { 'argocd.argoproj.io/tracking-id': id } } };
}

function ownedBy(child: KubeObject, owner: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = owner;
  const reference = { apiVersion, kind, name: metadata.name ?? '', uid: metadata.uid ?? '' };
  return { ...child, metadata: { ...child.metadata, ownerReferences: [reference] } };
}

function indexOf(...objects: readonly KubeObject[]): ClusterIndex {
  const index = new ClusterIndex({ tracking: { method: 'annotation' } });
  for (const one of objects) index.apply({ type: 'upsert', object: one });
  return index;
}

const names = (records: readonly { key: { kind: string; name: string } }[]) =>
  records.map(({ key }) => `${key.kind}/${key.name}`);

const deployment = managed(object('Deployment', 'd'));
const replicaSet = ownedBy(object('ReplicaSet', 'r'), deployment);
const pod = ownedBy(
  object('Pod', 'p', { spec: { containers: [{ name: 'c', image: 'nginx:1' }] }, status: { phase: 'Pending' } }),
  replicaSet,
);

describe('ClusterIndex', () => {
  it('answers by key, uid, owner and application', () => {
    const index = indexOf(deployment, replicaSet, pod);
    expect(names(index.managedBy('app'))).toEqual(['Deployment/d']);
    expect(names(index.children(resourceKeyOf(deployment)))).toEqual(['ReplicaSet/r']);
    expect(index.nodeByUid('Pod-p')).toMatchObject({
      images: ['nginx:1'],
      health: { status: 'Progressing' },
      instance: undefined,
    });
    expect(index.instances()).toEqual(['app']);
  });

  it('keeps managed objects whole and others as records', () => {
    const index = indexOf(deployment, pod);
    expect(index.object(resourceKeyOf(deployment))).toEqual(deployment);
    expect(index.object(resourceKeyOf(pod))).toBeUndefined();
    expect(index.node(resourceKeyOf(pod))?.uid).toBe('Pod-p');
  });

  it('walks trees with parents, in any order of arrival', () => {
    for (const order of [
      [deployment, replicaSet, pod],
      [pod, replicaSet, deployment],
    ]) {
      const tree = indexOf(...order).tree([resourceKeyOf(deployment)]);
      expect(names(tree)).toEqual(['Deployment/d', 'ReplicaSet/r', 'Pod/p']);
      expect(tree.map((node) => node.parents.map((key) => key.name))).toEqual([[], ['d'], ['r']]);
    }
  });

  it('says which applications an event concerns', () => {
    const index = indexOf(deployment, replicaSet, pod);
    const change = index.apply({
      type: 'upsert',
      object: { ...pod, metadata: { ...pod.metadata, resourceVersion: 'x' } },
    });
    expect(change).toEqual({ key: resourceKeyOf(pod), instances: ['app'], managedBy: undefined, isNews: true });
    expect(
      index.apply({ type: 'upsert', object: { ...pod, metadata: { ...pod.metadata, resourceVersion: 'x' } } }).isNews,
    ).toBe(false);
    expect(index.apply({ type: 'upsert', object: object('ConfigMap', 'free') }).instances).toEqual([]);
    const moved = managed({ ...deployment, metadata: { ...deployment.metadata, resourceVersion: 'y' } }, 'other');
    expect(index.apply({ type: 'upsert', object: moved })).toMatchObject({
      instances: ['app', 'other'],
      managedBy: 'other',
    });
    expect(index.managedBy('app')).toEqual([]);
    expect(index.apply({ type: 'delete', key: resourceKeyOf(pod) }).instances).toEqual(['other']);
    expect(index.apply({ type: 'delete', key: resourceKeyOf(pod) }).isNews).toBe(false);
  });

  it('infers owners that are not referenced', () => {
    const service = managed(object('Service', 's'));
    const set = managed(
      object('StatefulSet', 'web', { spec: { volumeClaimTemplates: [{ metadata: { name: 'data-x' } }] } }),
    );
    const index = indexOf(
      object('Endpoints', 's'),
      object('PersistentVolumeClaim', 'data-x-web-0'),
      object('PersistentVolumeClaim', 'other-web-0'),
      {
        ...object('EndpointSlice', 's-abc', {}, { labels: { 'kubernetes.io/service-name': 's' } }),
        apiVersion: 'discovery.k8s.io/v1',
      },
      service,
      set,
    );
    expect(names(index.children(resourceKeyOf(service)))).toEqual(['Endpoints/s', 'EndpointSlice/s-abc']);
    expect(names(index.children(resourceKeyOf(set)))).toEqual(['PersistentVolumeClaim/data-x-web-0']);
    const claim = object('PersistentVolumeClaim', 'data-x-web-0');
    expect(index.affectedInstances(resourceKeyOf(claim))).toEqual(['app']);
    expect(index.affectedInstances(resourceKeyOf(object('PersistentVolumeClaim', 'other-web-0')))).toEqual([]);
  });

  it('survives rings of owners', () => {
    const a = object('ConfigMap', 'a');
    const b = ownedBy(object('ConfigMap', 'b'), a);
    const ring = ownedBy(managed(a), b);
    const index = indexOf(b, ring);
    expect(names(index.tree([resourceKeyOf(b)]))).toEqual(['ConfigMap/b', 'ConfigMap/a']);
    expect(index.affectedInstances(resourceKeyOf(b))).toEqual(['app']);
  });

  it('is the same as an index built afresh, whatever events came before', () => {
    const event = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      owner: fc.constantFrom(undefined, 'a', 'b', 'c'),
      instance: fc.constantFrom(undefined, 'x', 'y'),
      isDelete: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const index = indexOf();
        const now = new Map<string, KubeObject>();
        for (const { name, owner, instance, isDelete } of events) {
          const base = object('ConfigMap', name);
          const owned = owner === undefined ? base : ownedBy(base, object('ConfigMap', owner));
          const one = instance === undefined ? owned : managed(owned, instance);
          index.apply(isDelete ? { type: 'delete', key: resourceKeyOf(one) } : { type: 'upsert', object: one });
          if (isDelete) now.delete(name);
          else now.set(name, one);
        }
        const fresh = indexOf(...now.values());
        expect(index.size).toBe(fresh.size);
        const byName = (records: readonly { key: { kind: string; name: string } }[]) => names(records).sort();
        for (const instance of ['x', 'y'])
          expect(byName(index.managedBy(instance))).toEqual(byName(fresh.managedBy(instance)));
        for (const one of now.values()) {
          const key = resourceKeyOf(one);
          expect(byName(index.children(key)), formatResourceKey(key)).toEqual(byName(fresh.children(key)));
          expect([...index.affectedInstances(key)].sort()).toEqual([...fresh.affectedInstances(key)].sort());
        }
      }),
    );
  });
});
