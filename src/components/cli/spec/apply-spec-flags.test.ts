import { describe, expect, it } from 'vitest';
import type { ApplicationSpec } from '#core/api';
import { defineCommand } from '../program/command-definition.ts';
import { parseArguments } from '../program/parse-arguments.ts';
import { splitWords } from '../program/split-words.ts';
import { applySpecFlags, specFlags } from './apply-spec-flags.ts';
import { unsetFlags, unsetSource } from './unset-source.ts';

function flagsOf(line: string, options = specFlags) {
  const command = defineCommand({ name: 'set', summary: '', options, examples: [], run: () => Promise.resolve() });
  const parsed = parseArguments(command, [], splitWords(line));
  if (parsed.type === 'help') throw new Error('Help was not asked for.');
  return parsed.flags;
}

const spec: ApplicationSpec = {
  project: 'default',
  destination: { server: 'https://a' },
  source: { repoURL: 'https://r', path: 'p' },
};
const apply = (line: string, before = spec, sourceIndex?: number) =>
  applySpecFlags(before, flagsOf(line), { cwd: '/', sourceIndex });

describe('applySpecFlags', () => {
  it('without flags changes nothing', () => {
    expect(apply('')).toEqual(spec);
  });

  it('Helm: later parameters replace earlier ones of the name', () => {
    const before = {
      ...spec,
      source: {
        repoURL: 'https://r',
        helm: {
          parameters: [
            { name: 'a', value: '1' },
            { name: 'b', value: '2' },
          ],
        },
      },
    };
    expect(
      apply('-p b=3 --helm-set c=x,y --helm-set-string d=1 --values v.yaml --release-name rel', before).source?.helm,
    ).toEqual({
      parameters: [
        { name: 'a', value: '1' },
        { name: 'b', value: '3' },
        { name: 'c', value: 'x,y' },
        { name: 'd', value: '1', forceString: true },
      ],
      valueFiles: ['v.yaml'],
      releaseName: 'rel',
    });
  });

  it('Kustomize: one image per name, counts as numbers', () => {
    const before = { ...spec, source: { repoURL: 'https://r', kustomize: { images: ['reg:5000/web:1', 'db=x:1'] } } };
    expect(
      apply('--kustomize-image reg:5000/web:2 --kustomize-replica web=3 --kustomize-common-label a=b', before).source
        ?.kustomize,
    ).toEqual({
      images: ['reg:5000/web:2', 'db=x:1'],
      replicas: [{ name: 'web', count: 3 }],
      commonLabels: { a: 'b' },
    });
  });

  it('sync policy: on, details, off; options by name', () => {
    const on = apply('--sync-policy automated --auto-prune --self-heal --sync-option A=1 --sync-option B=1');
    expect(on.syncPolicy).toEqual({ automated: { prune: true, selfHeal: true }, syncOptions: ['A=1', 'B=1'] });
    expect(apply('--sync-option A=2 --sync-option !B=1', on).syncPolicy?.syncOptions).toEqual(['A=2']);
    expect(apply('--sync-policy none --sync-option !A=1 --sync-option !B=1', on)).not.toHaveProperty('syncPolicy');
    expect(() => apply('--auto-prune')).toThrow('application not configured with automatic sync');
  });

  it('a destination is a server or a name', () => {
    expect(apply('--dest-name in-cluster').destination).toEqual({ name: 'in-cluster' });
    expect(() => apply('--dest-name a --dest-server b')).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('of several sources one is named', () => {
    const { source: _source, ...rest } = spec;
    const several = { ...rest, sources: [{ repoURL: 'https://1' }, { repoURL: 'https://2' }] };
    expect(apply('--revision v2', several, 1).sources).toEqual([
      { repoURL: 'https://1' },
      { repoURL: 'https://2', targetRevision: 'v2' },
    ]);
    expect(() => apply('--revision v2', several)).toThrow('several sources');
    expect(apply('--dest-namespace x', several).sources).toEqual(several.sources);
  });
});

describe('unsetSource', () => {
  it('takes back what is named', () => {
    const source = {
      repoURL: 'r',
      helm: { parameters: [{ name: 'a' }, { name: 'b' }], valueFiles: ['v'], values: 'x: 1' },
      kustomize: { images: ['web:1'], namePrefix: 'p' },
    };
    expect(
      unsetSource(source, flagsOf('-p a --values-literal --kustomize-image web --nameprefix', unsetFlags)),
    ).toEqual({
      repoURL: 'r',
      helm: { parameters: [{ name: 'b' }], valueFiles: ['v'] },
      kustomize: { images: [] },
    });
  });
});
