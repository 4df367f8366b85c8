import { describe, expect, it } from 'vitest';
import { defaultRenderSettings } from '#core/contracts';
import { BuildEnvironment } from '../build-environment.ts';
import { memoryTree } from '../reads/memory-tree.testing.ts';
import { RecordingTree } from '../reads/recording-tree.ts';
import { expandValueFiles } from './expand-value-files.ts';

const tree = new RecordingTree(
  memoryTree({
    'chart/a.yaml': '',
    'chart/env/b.yaml': '',
    'chart/env/c.yaml': '',
    'chart/env/deep/d.yaml': '',
    'root.yaml': '',
    'demo.yaml': '',
  }),
  'chart',
);
const environment = new BuildEnvironment({
  appName: 'demo',
  namespace: '',
  project: '',
  revision: '',
  repoURL: '',
  path: '',
  targetRevision: '',
});

async function expand(valueFiles: string[], ignoreMissingValueFiles = false): Promise<string[]> {
  const source = { repoURL: 'x', helm: { valueFiles, ignoreMissingValueFiles } };
  const signal = new AbortController().signal;
  const references = new Map([['ref', tree]]);
  const files = await expandValueFiles({
    source,
    tree,
    path: 'chart',
    references,
    environment,
    settings: defaultRenderSettings,
    signal,
  });
  return files.map((file) => (file.type === 'url' ? file.url : file.path));
}

describe('expandValueFiles', () => {
  it.each([
    [
      ['a.yaml', '/root.yaml', '../root.yaml'],
      ['chart/a.yaml', 'root.yaml', 'root.yaml'],
    ],
    [['env/*.yaml'], ['chart/env/b.yaml', 'chart/env/c.yaml']],
    [['env/**/*.yaml'], ['chart/env/b.yaml', 'chart/env/c.yaml', 'chart/env/deep/d.yaml']],
    [
      ['env/*.yaml', 'env/b.yaml'],
      ['chart/env/c.yaml', 'chart/env/b.yaml'],
    ],
    [
      ['$ref/root.yaml', '/$ARGOCD_APP_NAME.yaml'],
      ['root.yaml', 'demo.yaml'],
    ],
    [['https://example.com/v.yaml'], ['https://example.com/v.yaml']],
  ])('turns %j into %j', async (given, expected) => {
    expect(await expand(given)).toEqual(expected);
  });

  it('fails for what is not there, unless that is ignored', async () => {
    await expect(expand(['nope.yaml'])).rejects.toThrow('open chart/nope.yaml: no such file or directory');
    await expect(expand(['nope/*.yaml'])).rejects.toMatchObject({ code: 'HELM_VALUE_FILE_MISSING' });
    await expect(expand(['$other/x.yaml'])).rejects.toMatchObject({ code: 'HELM_VALUE_FILE_MISSING' });
    expect(await expand(['nope.yaml', 'nope/*.yaml', 'a.yaml'], true)).toEqual(['chart/a.yaml']);
  });
});
