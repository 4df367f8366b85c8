import { describe, expect, it } from 'vitest';
import { defaultRenderSettings } from '#core/contracts';
import { configMap, namesOf, startRenderRig } from './render-rig.ts';

const chart = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n',
  'chart/templates/c.yaml': configMap('c', '{{ .Values.a }}'),
};
const letters = 'abcdefghi'.split('');
const bomb = letters
  .map((name, i) =>
    i === 0
      ? 'a: &a [x,x,x,x,x,x,x,x,x]'
      : `${name}: &${name} [${Array(9)
          .fill(`*${letters[i - 1]}`)
          .join(',')}]`,
  )
  .join('\n');

describe('hostile input', () => {
  it.each([
    [
      'an alias bomb',
      { 'app/x.yaml': `apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec:\n  ${bomb.replaceAll('\n', '\n  ')}\n` },
      'YAML_LIMIT',
    ],
    ['deep JSON', { 'app/x.json': '{"a":'.repeat(20_000) }, 'MANIFEST_INVALID'],
    ['a document that is a list', { 'app/x.yaml': `${configMap('x')}---\n- 1\n` }, 'MANIFEST_INVALID'],
    [
      'lists in lists in lists',
      { 'app/x.yaml': `${'{apiVersion: v1, kind: List, items: ['.repeat(30)}${']}'.repeat(30)}` },
      'MANIFEST_INVALID',
    ],
    ['a link out of the repository', { 'app/x.yaml': { symlink: '/etc/passwd' } }, /OUTSIDE|SYMLINK/],
    ['a link that climbs out', { 'app/x.yaml': { symlink: '../../../../etc/passwd' } }, /OUTSIDE|SYMLINK/],
  ])('in a directory: %s fails the whole render', async (_what, files, code) => {
    await using rig = await startRenderRig({ 'app/a.yaml': configMap('a'), ...files });
    const error = await rig.render({ path: 'app' }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: typeof code === 'string' ? code : expect.stringMatching(code) });
    expect(JSON.stringify(error)).not.toContain('root:');
  });

  it('in a directory: too much of it says the limit', async () => {
    await using rig = await startRenderRig(
      Object.fromEntries(
        Array.from({ length: 20 }, (_, i) => [`app/${i}.yaml`, configMap('x'.repeat(50), 'y'.repeat(1000))]),
      ),
    );
    await expect(
      rig.render({ path: 'app' }, { settings: { ...defaultRenderSettings, maxDirectoryBytes: 10_000 } }),
    ).rejects.toMatchObject({
      code: 'RENDER_LIMIT',
      message: expect.stringContaining('10000 bytes'),
    });
  });

  it.each([
    ['a value file behind a link', { 'chart/v.yaml': { symlink: '/proc/self/environ' } }, { valueFiles: ['v.yaml'] }],
    ['a value file that climbs', {}, { valueFiles: ['../../../../etc/passwd'] }],
    ['a value file in a scheme', {}, { valueFiles: ['file:///etc/passwd'] }],
    ['a file parameter that climbs', {}, { fileParameters: [{ name: 'a', path: '../../../../etc/passwd' }] }],
    ['a value file of the metadata service', {}, { valueFiles: ['http://169.254.169.254/latest'] }],
    ['a value file of this machine by a name', {}, { valueFiles: ['http://localhost:1/x'] }],
    ['a value file of this machine in disguise', {}, { valueFiles: ['http://[::ffff:127.0.0.1]:1/x'] }],
    ['a huge index', {}, { parameters: [{ name: 'a[99999999]', value: '1' }] }],
  ])('in a chart: %s is refused', async (_what, files, helm) => {
    await using rig = await startRenderRig({ ...chart, ...files });
    const error = await rig.render({ path: 'chart', helm }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(error)).not.toMatch(/root:|PATH=/);
  });

  it('in a chart: templates see no cluster, no names, no environment', async () => {
    const template =
      '{{ $x := lookup "v1" "Secret" "" "" }}{{ if $x }}{{ fail "lookup" }}{{ end }}' +
      configMap('c', '{{ getHostByName "localhost" }}');
    await using rig = await startRenderRig({ ...chart, 'chart/templates/c.yaml': template });
    expect((await rig.render({ path: 'chart' })).objects[0]?.['data']).toEqual({ v: '' });
    await rig.repository.commit({ 'chart/templates/c.yaml': configMap('c', '{{ env "PATH" }}') });
    await expect(rig.render({ path: 'chart' })).rejects.toMatchObject({ code: 'HELM_TEMPLATE_FAILED' });
  });

  it.each([
    ['a resource of another tenant', 'resources: [../../t2]\n'],
    ['the environment of the process', 'configMapGenerator: [{name: g, files: [/proc/self/environ]}]\n'],
    ['a file above', 'configMapGenerator: [{name: g, files: [../secret.txt]}]\n'],
    ['a function that is a program', 'transformers: [run.yaml]\n'],
    ['a chart from the network', 'helmCharts: [{name: x, repo: "https://charts.example.com", version: 1.0.0}]\n'],
  ])('in a kustomization: %s is refused', async (_what, kustomization) => {
    await using rig = await startRenderRig({
      'app/kustomization.yaml': kustomization,
      'secret.txt': 'secret-of-somebody',
      'app/run.yaml':
        'apiVersion: v1\nkind: X\nmetadata: {name: x, annotations: {config.kubernetes.io/function: "exec: {path: ./run.sh}"}}\n',
    });
    const error = await rig.render({ path: 'app' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(error)).not.toMatch(/secret-of-somebody|PATH=/);
  });

  it('in a request: what names a program or an option is refused', async () => {
    await using rig = await startRenderRig({ 'app/kustomization.yaml': 'resources: []\n' });
    const settings = { ...defaultRenderSettings, kustomizeBuildOptions: '--enable-helm --helm-command=/tmp/x' };
    await expect(rig.render({ path: 'app' }, { settings })).rejects.toMatchObject({
      code: 'KUSTOMIZE_OPTION_FORBIDDEN',
    });
    const unknown = { ...defaultRenderSettings, helmPath: '/tmp/x' };
    await expect(rig.render({ path: 'app' }, { settings: unknown })).rejects.toMatchObject({
      code: 'RPC_MESSAGE_INVALID',
    });
  });

  it('in a plug-in: no network and no variable but those with a prefix', async () => {
    const script =
      'printf "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: a}\\ndata: {interfaces: $(grep -c : /proc/net/dev), preload: [$LD_PRELOAD]}\\n"';
    const plugins = [{ name: 'shell', generate: { command: ['sh', '-c', script] } }];
    await using rig = await startRenderRig({ 'app/a.txt': '' }, { plugins });
    const env = [{ name: 'LD_PRELOAD', value: '/tmp/x.so' }];
    const { objects } = await rig.render({ path: 'app', plugin: { name: 'shell', env } });
    const { confinement } = await rig.repoServer.rendererStatus({});
    expect(objects[0]?.['data']).toMatchObject({ preload: [] });
    if (confinement.network === 'none') expect(objects[0]?.['data']).toMatchObject({ interfaces: 1 });
  });

  it('harms no other application', async () => {
    await using rig = await startRenderRig({
      'bad/x.yaml': 'apiVersion: v1\nkind: A\nmetadata: {name: [\n',
      'good/a.yaml': configMap('a'),
    });
    const [bad, good] = await Promise.allSettled([rig.render({ path: 'bad' }), rig.render({ path: 'good' })]);
    expect(bad.status).toBe('rejected');
    expect(good.status === 'fulfilled' && namesOf(good.value.objects)).toEqual(['ConfigMap/a']);
  });
});
