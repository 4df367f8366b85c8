import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec } from '#base/exec';
import { tempDir } from '#base/tempdir';
import { layerProgram } from '#libs/helm';
import { parseYamlDocuments } from '#libs/languages/yaml';
import { findOnPath } from '#base/program';
import { cluster, binDir, startRenderRig } from './render-rig.ts';
import type { RenderRig } from './render-rig.ts';
import { findRealSources, readDataFiles, testData } from './real-sources.ts';
import type { RealSource } from './real-sources.ts';

const sources = testData ? await findRealSources() : [];
const jsonnet = await findOnPath(['jsonnet', 'go-jsonnet']);

const directories = sources.filter(
  // What lies below `plugins` is made for plug-ins.
  ({ type, hasJsonnet, path }) => type === 'Directory' && (!hasJsonnet || jsonnet) && !path.includes('/plugins/'),
);

/** Names of podinfo's test Pods are random. */
const options = { helm: { skipTests: true } };

/** What the tool itself says about the directory, read as documents; undefined when it fails. */
async function oracle({ path, type }: RealSource): Promise<unknown[] | undefined> {
  await using copy = await tempDir();
  await cp(join(testData, path.split('/')[0] as string), join(copy.path, path.split('/')[0] as string), {
    recursive: true,
  });
  const run = { cwd: join(copy.path, path), env: { PATH: '/usr/bin:/bin', HOME: copy.path, LANG: 'C.UTF-8' } };
  const helm = (await layerProgram('helm', binDir)) ?? 'helm';
  const apis = cluster.apiVersions.flatMap((api) => ['--api-versions', api]);
  const args = ['--namespace', 'demo-ns', '--include-crds', '--skip-tests', '--kube-version', '1.36.1', ...apis];
  try {
    if (type === 'Helm' && (await readFile(join(run.cwd, 'Chart.yaml'), 'utf8')).includes('file://'))
      await exec(helm, ['dependency', 'build', '.'], run);
    const { stdout } =
      type === 'Helm'
        ? await exec(helm, ['template', 'demo', '.', ...args], run)
        : await exec((await layerProgram('kubectl', binDir)) ?? 'kubectl', ['kustomize', '.'], run);
    const documents = parseYamlDocuments(stdout.toString('utf8'));
    return documents.map(({ value }) => value).filter((value) => value !== null);
  } catch {
    return undefined;
  }
}

describe.skipIf(!testData)('real applications and charts (WINDLASS_TEST_DATA)', () => {
  let rig: RenderRig;
  beforeAll(async () => {
    rig = await startRenderRig(await readDataFiles());
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  it.each(sources.filter(({ type }) => type === 'Helm'))('the chart $path renders as helm says', async (source) => {
    const expected = await oracle(source);
    const rendered = await rig.render({ path: source.path, ...options }).catch((error: Error) => error);
    if (expected === undefined || rendered instanceof Error) {
      // Dependencies that only the network has: both must fail.
      expect({ oracle: expected === undefined, ours: rendered instanceof Error }).toEqual({ oracle: true, ours: true });
      return;
    }
    expect(rendered.sourceTypes).toEqual(['Helm']);
    expect(rendered.objects).toEqual(expected);
  });

  it.each(sources.filter(({ type }) => type === 'Kustomize'))(
    'the kustomization $path builds as kubectl says',
    async (source) => {
      const expected = await oracle(source);
      const rendered = await rig.render({ path: source.path });
      expect(rendered.sourceTypes).toEqual(['Kustomize']);
      expect(rendered.objects).toEqual(expected);
    },
  );

  it.each(directories)('the directory $path renders', async ({ path }) => {
    const { sourceTypes } = await rig.render({ path });
    expect(sourceTypes).toEqual(['Directory']);
  });
});
