import { describe, expect, it } from 'vitest';
import { editKustomization, parseBuildOptions } from './index.ts';

describe('editKustomization', () => {
  it('replaces images by name, keeps the others, and sorts them', () => {
    const before = {
      images: [
        { name: 'b', newTag: '1' },
        { name: 'a', newName: 'mirror/a', newTag: '1' },
      ],
    };
    const images = ['a=*:2', 'registry:5000/c', 'd@sha256:1', 'e=registry:5000/e:3', 'b=other'];
    expect(editKustomization(before, { images })).toEqual({
      images: [
        { name: 'a', newName: 'mirror/a', newTag: '2' },
        { name: 'b', newName: 'other' },
        { name: 'd', digest: 'sha256:1' },
        { name: 'e', newName: 'registry:5000/e', newTag: '3' },
        { name: 'registry:5000/c' },
      ],
    });
  });

  it('adds labels in the way that is asked for', () => {
    const commonLabels = { team: 'a' };
    expect(editKustomization({ commonLabels: { x: '1' } }, { commonLabels })).toEqual({
      commonLabels: { x: '1', team: 'a' },
    });
    expect(editKustomization({}, { commonLabels, labelWithoutSelector: true, labelIncludeTemplates: true })).toEqual({
      labels: [{ pairs: commonLabels, includeSelectors: false, includeTemplates: true }],
    });
    expect(() => editKustomization({ commonLabels: { team: 'b' } }, { commonLabels })).toThrow(
      /label "team" is already/,
    );
    expect(editKustomization({ commonLabels: { team: 'b' } }, { commonLabels, forceCommonLabels: true })).toEqual({
      commonLabels,
    });
    expect(() => editKustomization({}, { commonLabels, labelIncludeTemplates: true })).toThrow(
      /needs labelWithoutSelector/,
    );
  });

  it('sets replicas, prefix, suffix and namespace, and appends patches and components', () => {
    const before = {
      namePrefix: 'x-',
      replicas: [{ name: 'a', count: 1 }],
      patches: [{ path: 'p.yaml' }],
      components: ['../c'],
    };
    const edits = {
      namePrefix: 'y-',
      nameSuffix: '-z',
      namespace: 'n',
      replicas: [{ name: 'a', count: '3' }],
      patches: [{ patch: 'q' }],
      components: ['../c', '../d'],
    };
    expect(editKustomization(before, edits)).toEqual({
      namePrefix: 'y-',
      nameSuffix: '-z',
      namespace: 'n',
      replicas: [{ name: 'a', count: 3 }],
      patches: [{ path: 'p.yaml' }, { patch: 'q' }],
      components: ['../c', '../d'],
    });
    expect(() => editKustomization({}, { replicas: [{ name: 'a', count: 'x' }] })).toThrow(/whole number/);
  });
});

describe('parseBuildOptions', () => {
  it('passes on what cannot run anything', () => {
    expect(parseBuildOptions('--load-restrictor LoadRestrictionsNone  --enable-helm')).toEqual({
      args: ['--load-restrictor=LoadRestrictionsNone', '--enable-helm=true'],
      enableHelm: true,
      isUnrestricted: true,
    });
    expect(parseBuildOptions('')).toEqual({ args: [], enableHelm: false, isUnrestricted: false });
  });

  it.each([
    '--helm-command=/tmp/x',
    '--enable-exec',
    '--enable-alpha-plugins',
    '--network',
    '-o /etc/x',
    '--load-restrictor=Other',
    '/etc',
    '__proto__',
  ])('refuses %s', (option) => {
    expect(() => parseBuildOptions(option)).toThrow(expect.objectContaining({ code: 'KUSTOMIZE_OPTION_FORBIDDEN' }));
  });
});
