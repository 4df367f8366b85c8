import { describe, expect, it } from 'vitest';
import { defaultRenderSettings } from '#core/contracts';
import { startHttpServer } from '#harness';
import { configMap, namesOf, startRenderRig } from './render-rig.ts';

const chart = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n',
  'chart/values.yaml': 'a: "1"\nnum: 0\n',
  'chart/prod.yaml': 'a: prod\n',
  'chart/crds/x.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: xs.example.com}\n',
  'chart/templates/c.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-c, namespace: {{ .Release.Namespace }}}\ndata: {a: {{ .Values.a | quote }}, kube: {{ .Capabilities.KubeVersion.Version }}, num: {{ .Values.num | quote }}, f: {{ .Values.f | quote }}}\n',
};
const data = (objects: readonly { kind: string; [field: string]: unknown }[]) =>
  objects.find(({ kind }) => kind === 'ConfigMap')?.['data'];

describe('directory sources', () => {
  it('take YAML and JSON by include and exclude, in sub-directories when asked', async () => {
    await using rig = await startRenderRig({
      'app/a.yaml': configMap('a'),
      'app/b.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}',
      'app/notes.txt': 'hello',
      'app/sub/c.yml': configMap('c'),
      'app/.hidden/d.yaml': configMap('d'),
    });
    const flat = await rig.render({ path: 'app' });
    expect(namesOf(flat.objects)).toEqual(['ConfigMap/a', 'ConfigMap/b']);
    expect(flat).toMatchObject({
      sourceTypes: ['Directory'],
      rendered: true,
      origins: [{ source: 0, file: 'app/a.yaml', line: 1 }, { file: 'app/b.json' }],
    });
    expect(namesOf((await rig.render({ path: 'app', directory: { recurse: true } })).objects)).toEqual([
      'ConfigMap/a',
      'ConfigMap/b',
      'ConfigMap/c',
    ]);
    const some = await rig.render({
      path: 'app',
      directory: { recurse: true, include: '{*.yaml,*.yml}', exclude: 'sub/*' },
    });
    expect(namesOf(some.objects)).toEqual(['ConfigMap/a']);
  });

  it.each([
    [
      'a path that is not there',
      {},
      { path: 'nope' },
      'failed to generate manifest for source 1 of 1: nope: app path does not exist',
    ],
    ['a path that climbs out', {}, { path: '../x' }, /leads out of the repository/],
    [
      'broken YAML in one of the files',
      { 'app/b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b\n' },
      { path: 'app' },
      /"app\/b\.yaml", line 4/,
    ],
    [
      'an object without name',
      { 'app/b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n' },
      { path: 'app' },
      /ConfigMap has no name/,
    ],
    [
      'two types at once',
      {},
      { path: 'app', helm: { releaseName: 'x' }, kustomize: { namePrefix: 'x' } },
      /multiple application sources defined: Helm,Kustomize/,
    ],
  ])('fail clearly for %s', async (_what, files, source, message) => {
    await using rig = await startRenderRig({ 'app/a.yaml': configMap('a'), ...files });
    await expect(rig.render(source)).rejects.toThrow(message);
  });

  it('obey .argocd-source files, which cannot move the source', async () => {
    await using rig = await startRenderRig({
      'app/a.yaml': configMap('a'),
      'app/sub/b.yaml': configMap('b'),
      'app/.argocd-source.yaml': 'directory: {recurse: true}\npath: elsewhere\n',
      'app/.argocd-source-other.yaml': 'directory: {recurse: false}\n',
    });
    expect(namesOf((await rig.render({ path: 'app' })).objects)).toEqual(['ConfigMap/a', 'ConfigMap/b']);
    expect(namesOf((await rig.render({ path: 'app' }, { appName: 'other' })).objects)).toEqual(['ConfigMap/a']);
  });
});

describe('Helm sources', () => {
  it('take values, parameters, files and what the cluster is', async () => {
    await using rig = await startRenderRig({ ...chart, 'values/x.yaml': 'a: root\n', 'file.txt': 'from file' });
    const plain = await rig.render({ path: 'chart' });
    expect(plain.sourceTypes).toEqual(['Helm']);
    expect(namesOf(plain.objects)).toEqual(['CustomResourceDefinition/xs.example.com', 'ConfigMap/demo-c']);
    expect(plain.origins[1]).toEqual({ source: 0, file: 'c/templates/c.yaml' });
    expect(data(plain.objects)).toEqual({ a: '1', kube: 'v1.36.1', num: '0', f: null });
    const full = await rig.render({
      path: 'chart',
      helm: {
        releaseName: 'r',
        skipCrds: true,
        kubeVersion: '1.30.0',
        valueFiles: ['prod.yaml', '/values/*.yaml'],
        valuesObject: { num: 3 },
        parameters: [
          { name: 'num', value: '1,2' },
          { name: 'a', value: '$ARGOCD_APP_NAME' },
        ],
        fileParameters: [{ name: 'f', path: '../file.txt' }],
      },
    });
    expect(namesOf(full.objects)).toEqual(['ConfigMap/r-c']);
    expect(data(full.objects)).toEqual({ a: 'demo', kube: 'v1.30.0', num: '1,2', f: 'from file' });
  });

  it.each([
    ['a missing value file', { valueFiles: ['nope.yaml'] }, /open chart\/nope\.yaml: no such file or directory/],
    ['a value file outside', { valueFiles: ['../../../etc/passwd'] }, /leads out of the repository/],
    ['a scheme that is not allowed', { valueFiles: ['file:///etc/passwd'] }, /scheme "file" is not allowed/],
    ['a file on this machine', { valueFiles: ['http://127.0.0.1:1/x'] }, /"127\.0\.0\.1:1".*not permitted/],
    ['Helm 2', { version: 'v2' }, /Helm version 'v2' is not supported/],
  ])('fail clearly for %s', async (_what, helm, message) => {
    await using rig = await startRenderRig(chart);
    await expect(rig.render({ path: 'chart', helm })).rejects.toThrow(message);
  });

  it('take values of a sibling source', async () => {
    await using rig = await startRenderRig({ ...chart, 'env/prod.yaml': 'a: sibling\n' });
    const rendered = await rig.render([
      { path: 'chart', helm: { valueFiles: ['$vals/env/prod.yaml'] } },
      { ref: 'vals' },
    ]);
    expect(data(rendered.objects)).toMatchObject({ a: 'sibling' });
    expect(rendered.sourceTypes).toEqual(['Helm', '']);
  });

  it('say what a chart lacks', async () => {
    const needy =
      'apiVersion: v2\nname: c\nversion: 0.1.0\ndependencies: [{name: dep, version: 1.x, repository: "https://charts.example.com"}]\n';
    await using rig = await startRenderRig({ ...chart, 'chart/Chart.yaml': needy });
    await expect(rig.render({ path: 'chart' })).rejects.toThrow(
      /dependency "dep" comes from the repository "https:\/\/charts\.example\.com"/,
    );
  });
});

describe('Kustomize sources', () => {
  const files = {
    'base/kustomization.yaml': 'resources: [a.yaml]\n',
    'base/a.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {replicas: 1, selector: {matchLabels: {app: d}}, template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: "nginx:1"}]}}}\n',
    'overlay/kustomization.yaml':
      'resources: [../base]\nnamePrefix: p-\nconfigMapGenerator: [{name: g, literals: [a=1]}]\n',
  };

  it('get the settings of the application', async () => {
    await using rig = await startRenderRig({
      ...files,
      'components/x/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -x\n',
    });
    const { objects, sourceTypes, commands } = await rig.render({
      path: 'overlay',
      kustomize: {
        images: ['nginx:9'],
        nameSuffix: '-s',
        namespace: 'n',
        commonAnnotations: { who: '$ARGOCD_APP_NAME' },
        commonAnnotationsEnvsubst: true,
        commonLabels: { team: 'a' },
        replicas: [{ name: 'd', count: 3 }],
        components: ['../components/x', '../components/none'],
        ignoreMissingComponents: true,
        patches: [
          {
            target: { kind: 'Deployment' },
            patch: 'metadata: {labels: {patched: "yes"}, name: d}\nkind: Deployment\napiVersion: apps/v1',
          },
        ],
      },
    });
    expect(sourceTypes).toEqual(['Kustomize']);
    expect(commands).toEqual(['kustomize build overlay']);
    expect(namesOf(objects).toSorted()).toEqual(['ConfigMap/p-g-x-s-h29d89cmmt', 'Deployment/p-d-x-s']);
    expect(objects.find(({ kind }) => kind === 'Deployment')).toMatchObject({
      metadata: { namespace: 'n', annotations: { who: 'demo' }, labels: { team: 'a', patched: 'yes' } },
      spec: {
        replicas: 3,
        selector: { matchLabels: { team: 'a' } },
        template: { spec: { containers: [{ image: 'nginx:9' }] } },
      },
    });
  });

  it.each([
    [
      'a cycle',
      {
        'overlay/kustomization.yaml': 'resources: [../base]\n',
        'base/kustomization.yaml': 'resources: [../overlay]\n',
      },
      /cycle/,
    ],
    ['a missing resource', { 'overlay/kustomization.yaml': 'resources: [nope.yaml]\n' }, /nope\.yaml/],
    [
      'a file of this machine',
      { 'overlay/kustomization.yaml': 'configMapGenerator: [{name: g, files: [/etc/hostname]}]\n' },
      /kustomize build overlay failed/,
    ],
    [
      'a base elsewhere',
      { 'overlay/kustomization.yaml': 'resources: ["https://github.com/org/repo//x?ref=v1"]\n' },
      /base comes from the repository "https:\/\/github\.com\/org\/repo", which the project does not permit/,
    ],
  ])('fail clearly for %s', async (_what, changed, message) => {
    await using rig = await startRenderRig({ ...files, ...changed });
    const error = await rig.render({ path: 'overlay' }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain(rig.dataDir);
  });

  it('take bases and files from elsewhere, when the project permits it', async () => {
    await using elsewhere = await startRenderRig({
      'deploy/prod/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\n',
      'deploy/base/kustomization.yaml': 'resources: [b.yaml]\n',
      'deploy/base/b.yaml': configMap('b'),
    });
    await elsewhere.repository.tag('v1');
    await elsewhere.repository.commit({ 'deploy/base/b.yaml': configMap('later') });
    await using files = await startHttpServer((_request, response) => void response.end(configMap('file')));
    const resources = [`${elsewhere.url}//deploy/prod?ref=v1`, `${files.url}/x.yaml`, 'a.yaml'];
    await using rig = await startRenderRig(
      { 'app/sub/kustomization.yaml': JSON.stringify({ resources }), 'app/sub/a.yaml': configMap('a') },
      { remoteFileHosts: [new URL(files.url).host] },
    );
    const source = { path: 'app/sub', kustomize: { nameSuffix: '-s' } };
    const permitted = { permittedRepositories: ['*'] };
    expect(namesOf((await rig.render(source, permitted)).objects).toSorted()).toEqual([
      'ConfigMap/a-s',
      'ConfigMap/file-s',
      'ConfigMap/prod-b-s',
    ]);
    expect(await rig.render(source, permitted)).toMatchObject({ rendered: false });
    await expect(rig.render(source, { permittedRepositories: [] })).rejects.toMatchObject({
      code: 'DEPENDENCY_NOT_PERMITTED',
    });
  });

  it('inflate charts of the repository and read beyond their directory, when the configuration permits', async () => {
    await using rig = await startRenderRig({
      'app/kustomization.yaml':
        'helmCharts: [{name: c, releaseName: r}]\nconfigMapGenerator: [{name: g, files: [../file.txt]}]\n',
      'app/charts/c/Chart.yaml': chart['chart/Chart.yaml'],
      'app/charts/c/values.yaml': '{}\n',
      'app/charts/c/templates/c.yaml': configMap('{{ .Release.Name }}', '{{ .Capabilities.KubeVersion.Version }}'),
      'file.txt': 'outside',
    });
    const settings = {
      ...defaultRenderSettings,
      kustomizeBuildOptions: '--enable-helm --load-restrictor LoadRestrictionsNone',
    };
    const { objects } = await rig.render({ path: 'app' }, { settings });
    expect(objects.map((object) => object['data'])).toEqual(
      expect.arrayContaining([{ 'file.txt': 'outside' }, { v: 'v1.36.1' }]),
    );
    await rig.repository.commit({ 'file.txt': 'changed' });
    expect(await rig.render({ path: 'app' }, { settings })).toMatchObject({ rendered: true });
    await expect(rig.render({ path: 'app' })).rejects.toMatchObject({ code: 'KUSTOMIZE_BUILD_FAILED' });
  });
});

describe('plug-in sources', () => {
  it('run the configured command with the variables that they may have', async () => {
    const script =
      'printf "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: ${ARGOCD_ENV_NAME:-none}}\\ndata: {p: $PARAM_COLOR, app: $ARGOCD_APP_NAME, path: \\"$PATH\\"}\\n"';
    const plugins = [
      { name: 'shell', generate: { command: ['sh', '-c'], args: [script] }, discover: { fileName: '*.shell' } },
    ];
    await using rig = await startRenderRig({ 'app/a.shell': '', 'app/a.yaml': configMap('a') }, { plugins });
    const source = {
      path: 'app',
      plugin: {
        env: [{ name: 'NAME', value: 'x-$ARGOCD_APP_NAMESPACE' }],
        parameters: [{ name: 'color', string: 'red' }],
      },
    };
    const { objects, sourceTypes } = await rig.render(source);
    expect(sourceTypes).toEqual(['Plugin']);
    expect(objects[0]).toMatchObject({
      metadata: { name: 'x-demo-ns' },
      data: { p: 'red', app: 'demo', path: '/usr/local/bin:/usr/bin:/bin' },
    });
    expect((await rig.render({ path: 'app' })).sourceTypes).toEqual(['Plugin']);
    await expect(rig.render({ path: 'app', plugin: { name: 'none' } })).rejects.toThrow(/"none".*not configured/);
  });

  it('are found by a command that says yes', async () => {
    const generate = { command: ['sh', '-c', 'cat a.txt'] };
    const plugins = [
      { name: 'no', generate, discover: { find: { command: ['sh', '-c', 'true'] } } },
      { name: 'fails', generate, discover: { find: { command: ['sh', '-c', 'echo yes; exit 1'] } } },
      {
        name: 'yes',
        generate,
        init: { command: ['sh', '-c', 'mv b.txt a.txt'] },
        discover: { find: { command: ['sh'], args: ['-c', 'ls b.txt'] } },
      },
    ];
    await using rig = await startRenderRig({ 'app/b.txt': configMap('b') }, { plugins });
    expect(namesOf((await rig.render({ path: 'app' })).objects)).toEqual(['ConfigMap/b']);
  });
});
