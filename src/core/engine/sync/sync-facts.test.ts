import { describe, expect, it } from 'vitest';
import { imagesOf } from './images-of.ts';
import { kindRank } from './kind-rank.ts';
import { parseSyncOptions } from './parse-sync-options.ts';
import { syncWaveOf } from './sync-wave-of.ts';

describe('parseSyncOptions', () => {
  it('matches exact texts, and reads Prune, Delete and the propagation as values', () => {
    expect(
      parseSyncOptions([
        'Replace=true ',
        'Validate=false',
        'Prune=confirm',
        'Delete=false',
        'PrunePropagationPolicy=orphan',
      ]),
    ).toMatchObject({
      replace: true,
      validate: false,
      prune: 'confirm',
      delete: 'never',
      propagation: 'Orphan',
    });
    expect(parseSyncOptions(['replace=true', 'Validate = false', 'ServerSideApply'])).toEqual(parseSyncOptions([]));
    expect(parseSyncOptions([])).toMatchObject({
      validate: true,
      clientSideApplyMigration: true,
      propagation: 'Foreground',
    });
  });
});

describe('syncWaveOf', () => {
  it.each([
    [{ 'argocd.argoproj.io/sync-wave': '-3' }, -3],
    [{ 'argocd.argoproj.io/sync-wave': '2', 'helm.sh/hook-weight': '7' }, 2],
    [{ 'helm.sh/hook-weight': '7' }, 7],
    [{ 'argocd.argoproj.io/sync-wave': 'x', 'helm.sh/hook-weight': '1' }, 1],
    [{}, 0],
  ])('%j', (annotations, wave) => {
    expect(syncWaveOf({ metadata: { annotations: { ...annotations } } })).toBe(wave);
  });
});

describe('kindRank', () => {
  it('is −35 to −1 for listed kinds, 0 for all others', () => {
    expect(['Namespace', 'APIService', 'Rollout'].map(kindRank)).toEqual([-35, -1, 0]);
  });
});

describe('imagesOf', () => {
  const spec = {
    initContainers: [{ image: 'i:1' }],
    containers: [{ image: 'a:1' }, { image: 'a:1' }, { name: 'none' }],
  };

  it('finds the images of pods, templates and cron jobs, once each', () => {
    const object = (more: object) => ({ apiVersion: 'v1', kind: 'X', metadata: {}, ...more });
    for (const one of [
      { spec },
      { spec: { template: { spec } } },
      { spec: { jobTemplate: { spec: { template: { spec } } } } },
    ]) {
      expect(imagesOf(object(one))).toEqual(['i:1', 'a:1']);
    }
    expect(imagesOf(object({ data: {} }))).toEqual([]);
  });
});
