import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#libs/kube';
import { buildTargets } from './build-targets.ts';

const configMap = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const place = {
  instance: 'app',
  destinationNamespace: 'dest',
  tracking: { method: 'annotation' },
  isNamespaced: () => true,
  isExcluded: () => false,
} as const;

describe('buildTargets', () => {
  it('places and marks every object', () => {
    const { byId, findings } = buildTargets({ ...place, objects: [configMap('a')] });
    expect(findings).toEqual([]);
    expect(byId.get('/ConfigMap/dest/a')?.object.metadata).toMatchObject({
      namespace: 'dest',
      annotations: { 'argocd.argoproj.io/tracking-id': 'app:/ConfigMap:dest/a' },
    });
  });

  it('keeps the last of repeated objects, leaves out excluded kinds, and says so', () => {
    const objects = [configMap('a'), { ...configMap('a'), data: { v: '2' } }, { ...configMap('e'), kind: 'Secret' }];
    const { byId, findings } = buildTargets({ ...place, objects, isExcluded: ({ kind }) => kind === 'Secret' });
    expect(byId.get('/ConfigMap/dest/a')?.object['data']).toEqual({ v: '2' });
    expect(findings.map(({ type }) => type).sort()).toEqual(['ExcludedResourceWarning', 'RepeatedResourceWarning']);
  });

  it('keeps objects apart that the server will name', () => {
    const nameless: KubeObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'x-' } };
    expect(buildTargets({ ...place, objects: [nameless, nameless] }).byId.size).toBe(2);
  });
});
