import { describe, expect, it } from 'vitest';
import { findOnPath } from '#base/program';
import { configMap, namesOf, startRenderRig } from './render-rig.ts';

const jsonnet = await findOnPath(['jsonnet', 'go-jsonnet']);
const object = (name: string) => `{apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: ${name}}}`;

describe.skipIf(!jsonnet)('Jsonnet (needs "jsonnet" on PATH)', () => {
  it('gets variables and libraries, and knows what it imported', async () => {
    await using rig = await startRenderRig({
      'app/main.jsonnet': `local l = import 'lib.libsonnet'; function(t) [${object("std.extVar('e') + t")}, ${object('l.name')}, ${object("importstr 'name.txt'")}]`,
      'app/name.txt': 'text',
      'libs/lib.libsonnet': "{name: 'lib-' + (import 'deep.json').n}",
      'libs/deep.json': '{"n": 1}',
    });
    const source = {
      path: 'app',
      directory: {
        jsonnet: {
          libs: ['libs'],
          extVars: [{ name: 'e', value: '$ARGOCD_APP_NAME' }],
          tlas: [{ name: 't', value: '"-t"', code: true }],
        },
      },
    };
    expect(namesOf((await rig.render(source)).objects)).toEqual([
      'ConfigMap/demo-t',
      'ConfigMap/lib-1',
      'ConfigMap/text',
    ]);
    await rig.repository.commit({ 'libs/unused.libsonnet': '{}' });
    expect(await rig.render(source)).toMatchObject({ rendered: false });
    await rig.repository.commit({ 'libs/deep.json': '{"n": 2}' });
    expect(namesOf((await rig.render(source)).objects)).toContain('ConfigMap/lib-2');
    // Found before the one in the library.
    await rig.repository.commit({ 'app/lib.libsonnet': "{name: 'near'}" });
    expect(namesOf((await rig.render(source)).objects)).toContain('ConfigMap/near');
  });

  it.each([
    ['an absolute import', "importstr '/etc/passwd'"],
    ['one that climbs out', "importstr '../../../../../../etc/passwd'"],
    ['one in disguise', 'importstr /* x */ "\\u002fetc/passwd"'],
    ['endless recursion', 'local f(x) = f(x + 1) + 1; f(0)'],
  ])('refuses %s', async (_what, text) => {
    await using rig = await startRenderRig({
      'app/main.jsonnet': `{apiVersion: 'v1', kind: 'A', metadata: {name: std.toString(${text})}}`,
    });
    const error = await rig.render({ path: 'app' }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: expect.stringMatching(/^(RENDER_PATH_OUTSIDE_REPO|JSONNET_FAILED)$/) });
    expect(JSON.stringify(error)).not.toContain('root:');
  });
});

describe('Jsonnet where there is none', () => {
  it('says what to install', async () => {
    await using rig = await startRenderRig(
      { 'app/a.jsonnet': '{}', 'other/a.yaml': configMap('a') },
      { jsonnetPath: '/nonexistent/jsonnet' },
    );
    const render = rig.render({ path: 'app' });
    await expect(render).rejects.toMatchObject({ code: 'JSONNET_NOT_FOUND', hint: expect.stringContaining('jsonnet') });
    expect(namesOf((await rig.render({ path: 'other' })).objects)).toEqual(['ConfigMap/a']);
  });
});
