import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#libs/kube';
import { normalizeDesired } from './normalize-desired.ts';

const namespaced = { isNamespaced: true, destinationNamespace: 'dest' };

describe('normalizeDesired', () => {
  it('drops nulls at any depth but not items of lists', () => {
    const object = {
      apiVersion: 'v1',
      kind: 'Thing',
      metadata: { name: 'a', creationTimestamp: null },
      spec: { template: { metadata: { creationTimestamp: null } }, a: null, list: [null, { b: null, c: 1 }] },
    };
    expect(normalizeDesired(object, namespaced)).toEqual({
      apiVersion: 'v1',
      kind: 'Thing',
      metadata: { name: 'a', namespace: 'dest' },
      spec: { template: { metadata: {} }, list: [null, { c: 1 }] },
    });
  });

  it('merges stringData into data, encoded; stringData wins', () => {
    const secret: KubeObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { a: 'hello', u: 'ü' },
      data: { a: 'eA==', b: 'd29ybGQ=' },
    };
    const result = normalizeDesired(secret, namespaced);
    expect(result['data']).toEqual({ a: 'aGVsbG8=', u: 'w7w=', b: 'd29ybGQ=' });
    expect(result).not.toHaveProperty('stringData');
  });

  it('sets and removes the namespace by scope, and keeps another one', () => {
    const object: KubeObject = { apiVersion: 'v1', kind: 'X', metadata: { name: 'a', namespace: 'other' } };
    expect(normalizeDesired(object, namespaced).metadata.namespace).toBe('other');
    expect(normalizeDesired(object, { ...namespaced, isNamespaced: false }).metadata.namespace).toBeUndefined();
  });

  it('drops what only a server writes', () => {
    const metadata = { name: 'a', uid: 'u', resourceVersion: '1', generation: 2, managedFields: [] };
    expect(normalizeDesired({ apiVersion: 'v1', kind: 'X', metadata }, namespaced).metadata).toEqual({
      name: 'a',
      namespace: 'dest',
    });
  });
});
