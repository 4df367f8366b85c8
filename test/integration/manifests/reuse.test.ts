import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationSource } from '#core/api';
import { configMap, namesOf, startRenderRig } from './render-rig.ts';
import type { RenderRig } from './render-rig.ts';

const files = {
  'plain/a.yaml': configMap('a'),
  'plain/README.md': 'hello',
  'chart/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n',
  'chart/values.yaml': 'a: "1"\n',
  'chart/templates/c.yaml': configMap('c', '{{ .Values.a }}'),
  'values/prod.yaml': 'a: prod\n',
  'values/other.yaml': 'a: other\n',
  'base/kustomization.yaml': 'resources: [b.yaml]\n',
  'base/b.yaml': configMap('b'),
  'overlay/kustomization.yaml': 'resources: [../base]\n',
  'elsewhere/x.yaml': configMap('x'),
};
const sources: Partial<ApplicationSource>[] = [
  { path: 'plain' },
  { path: 'chart', helm: { valueFiles: ['/values/prod.yaml', 'missing.yaml'], ignoreMissingValueFiles: true } },
  { path: 'overlay' },
];

describe('generateManifests', () => {
  let rig: RenderRig;
  beforeAll(async () => {
    rig = await startRenderRig(files);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  async function work(task: () => Promise<unknown>) {
    const counters = ['windlass_renders_total', 'windlass_render_processes_total', 'argocd_git_request_total'];
    const before = await Promise.all(counters.map((name) => rig.count(name)));
    await task();
    const after = await Promise.all(counters.map((name) => rig.count(name)));
    const [renders = 0, processes = 0, requests = 0] = after.map((count, i) => count - (before[i] ?? 0));
    return { renders, processes, requests };
  }
  const renderAll = async (more = {}) => {
    for (const source of sources) await rig.render(source, more);
  };

  it('renders nothing and starts nothing for a commit that touches nothing that was read', async () => {
    expect(await work(renderAll)).toMatchObject({ renders: 3, processes: 2 });
    expect(await work(renderAll)).toEqual({ renders: 0, processes: 0, requests: 0 });
    await rig.repository.commit({
      'elsewhere/x.yaml': configMap('y'),
      'values/other.yaml': 'a: o\n',
      'plain/sub/new.yaml': configMap('n'),
    });
    // One fetch brings the commit; 1,000 applications of the repository would not cost a second one.
    const { renders, processes, requests } = await work(async () => {
      await renderAll();
      await renderAll();
    });
    expect({ renders, processes }).toEqual({ renders: 1, processes: 0 });
    expect(requests).toBeLessThanOrEqual(1);
    await rig.repository.commit({ 'elsewhere/x.yaml': configMap('z') });
    expect(await work(renderAll)).toMatchObject({ renders: 0, processes: 0 });
  });

  it('answers "unchanged" to who has the result, and the same key for the same content', async () => {
    const first = await rig.render({ path: 'plain' });
    await rig.repository.commit({ 'elsewhere/y.yaml': configMap('q') });
    await expect(rig.render({ path: 'plain' }, { ifKey: first.key })).rejects.toThrow('Nothing was rendered');
    expect(await rig.render({ path: 'plain' })).toMatchObject({
      key: first.key,
      digest: first.digest,
      rendered: false,
    });
    expect(await rig.render({ path: 'plain' }, { noCache: true })).toMatchObject({
      key: first.key,
      digest: first.digest,
      rendered: true,
    });
  });

  it.each([
    ['a file that was read', { path: 'plain' }, { 'plain/a.yaml': configMap('a', '2') }],
    ['a file that was absent', sources[1], { 'chart/missing.yaml': 'a: found\n' }],
    ['a value file of another directory', sources[1], { 'values/prod.yaml': 'a: prod2\n', 'chart/missing.yaml': null }],
    ['the base of an overlay', { path: 'overlay' }, { 'base/b.yaml': configMap('b', '2') }],
    [
      'a kustomization that makes it another type',
      { path: 'plain' },
      { 'plain/kustomization.yaml': 'resources: [a.yaml]\n' },
    ],
  ])('renders again after a change of %s', async (_what, source, change) => {
    const before = await rig.render(source ?? {});
    await rig.repository.commit(change);
    const after = await rig.render(source ?? {});
    expect(after.rendered).toBe(true);
    expect(after.key).not.toBe(before.key);
  });

  it('finds the old result after a revert, and after a restart', async () => {
    const before = await rig.render({ path: 'elsewhere' });
    await rig.repository.commit({ 'elsewhere/x.yaml': configMap('new') });
    await rig.render({ path: 'elsewhere' });
    await rig.repository.commit({ 'elsewhere/x.yaml': configMap('z') });
    expect(await rig.render({ path: 'elsewhere' })).toMatchObject({ key: before.key, rendered: false });
    await using again = await rig.restart();
    expect(await again.render({ path: 'elsewhere' })).toMatchObject({ key: before.key, rendered: false });
    expect(namesOf((await again.render({ path: 'elsewhere' })).objects)).toContain('ConfigMap/z');
  });

  it('depends on the cluster only where a tool was told of it', async () => {
    await renderAll();
    const newer = { kubeVersion: 'v1.37.0', apiVersions: ['v1', 'example.com/v1'] };
    expect(await work(() => renderAll({ cluster: newer }))).toMatchObject({ renders: 1, processes: 1 });
  });

  it('depends on the revision only where its text is used', async () => {
    const source = { path: 'chart', helm: { parameters: [{ name: 'a', value: '$ARGOCD_APP_REVISION_SHORT' }] } };
    const first = await rig.render(source);
    const head = await rig.repository.commit({ 'elsewhere/z.yaml': configMap('zz') });
    const second = await rig.render(source);
    expect(second.rendered).toBe(true);
    expect(second.objects[0]?.['data']).toEqual({ v: head.slice(0, 7) });
    expect(first.digest).not.toBe(second.digest);
  });

  it('renders once for everybody who asks at the same time', async () => {
    await rig.repository.commit({ 'plain/a.yaml': configMap('a', 'together') });
    expect(
      await work(() => Promise.all(Array.from({ length: 20 }, () => rig.render({ path: 'plain' })))),
    ).toMatchObject({ renders: 1 });
  });
});
