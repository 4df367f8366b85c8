import { describe, expect, it } from 'vitest';
import { Secret } from '#base/secret';
import { startChartRepository, startOciRegistry, buildTarball } from '#harness';
import { toWire } from '#services/credentials';
import { configMap, namesOf, startRenderRig } from './render-rig.ts';

const template = {
  'templates/c.yaml': configMap('{{ .Chart.Name }}-{{ .Chart.Version }}', '{{ .Values.a }}'),
  'values.yaml': 'a: "1"\n',
};
const chart = (name: string, version: string) => ({ name, version, files: template });
const auth = { username: 'u', password: 'p' };
const credentials = { username: 'u', password: new Secret('p') };

describe('charts of a Helm repository', () => {
  it('resolve ranges, render by version, and need the repository once', async () => {
    await using rig = await startRenderRig();
    await using repository = await startChartRepository({ auth });
    for (const version of ['1.0.0', '1.2.0', '2.0.0-rc.1']) repository.addChart(chart('web', version));
    const access = toWire({ url: repository.url, type: 'helm', ...credentials });
    const resolve = async (targetRevision: string) => {
      const request = { repository: access, refresh: true, revisions: [{ chart: 'web', targetRevision }] };
      return (await rig.repoServer.resolveRevisions(request)).revisions[0];
    };
    expect(await resolve('1.x')).toEqual({ revision: '1.2.0' });
    expect(await resolve('1.0.0')).toEqual({ revision: '1.0.0' });
    expect(await resolve('9.x')).toMatchObject({ error: { code: 'CHART_NOT_FOUND' } });
    const source = {
      repoURL: repository.url,
      chart: 'web',
      targetRevision: '1.x',
      helm: { valuesObject: { a: 'set' } },
    };
    const more = { repositories: [access], revisions: ['1.2.0'] };
    const rendered = await rig.render(source, more);
    expect(namesOf(rendered.objects)).toEqual(['ConfigMap/web-1.2.0']);
    expect(rendered).toMatchObject({ sourceTypes: ['Helm'], rendered: true });
    const requests = repository.requests.length;
    expect(await rig.render(source, more)).toMatchObject({ rendered: false, key: rendered.key });
    expect(repository.requests.length).toBe(requests);
  });

  it('fail clearly for wrong credentials and dangerous names', async () => {
    await using rig = await startRenderRig();
    await using repository = await startChartRepository({ auth });
    repository.addChart(chart('web', '1.0.0'));
    const access = toWire({ url: repository.url, type: 'helm', username: 'u', password: new Secret('wrong-secret') });
    const render = (name: string) =>
      rig.render({ repoURL: repository.url, chart: name }, { repositories: [access], revisions: ['1.0.0'] });
    const error = await render('web').catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: 'HELM_REPOSITORY_AUTH_FAILED' });
    expect(JSON.stringify(error)).not.toContain('wrong-secret');
    for (const name of ['..', 'a/b', '%2e%2e', 'a\0b', 'x'.repeat(5000)])
      await expect(render(name)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });

  it('refuse a package that is not the one in the index', async () => {
    await using rig = await startRenderRig();
    await using repository = await startChartRepository();
    repository.addPackage(
      { name: 'web', version: '1.0.0' },
      buildTarball({ 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n' }, 'web'),
    );
    repository.intercept = (request, response) => {
      if (!request.url?.endsWith('.tgz')) return false;
      response.writeHead(200).end('something else');
      return true;
    };
    const access = toWire({ url: repository.url, type: 'helm' });
    const render = rig.render(
      { repoURL: repository.url, chart: 'web' },
      { repositories: [access], revisions: ['1.0.0'] },
    );
    await expect(render).rejects.toMatchObject({ code: 'CHART_DIGEST_MISMATCH' });
  });
});

describe('charts and artifacts of an OCI registry', () => {
  it('render by tag and by digest', async () => {
    await using rig = await startRenderRig();
    await using registry = await startOciRegistry({ auth });
    registry.pushChart('charts/web', chart('web', '1.2.0+build'));
    const host = `${registry.host}/charts`;
    const access = toWire({ url: host, type: 'helm', enableOci: true, insecureOciForceHttp: true, ...credentials });
    const { revisions } = await rig.repoServer.resolveRevisions({
      repository: access,
      refresh: true,
      revisions: [{ chart: 'web', targetRevision: '^1.0.0' }],
    });
    expect(revisions).toEqual([{ revision: '1.2.0+build' }]);
    const rendered = await rig.render(
      { repoURL: host, chart: 'web' },
      { repositories: [access], revisions: ['1.2.0+build'] },
    );
    expect(namesOf(rendered.objects)).toEqual(['ConfigMap/web-1.2.0+build']);
  });

  it('render a chart that is a source of its own', async () => {
    await using rig = await startRenderRig();
    await using registry = await startOciRegistry();
    const digest = registry.pushChart('charts/web', chart('web', '1.0.0'));
    const repoURL = `oci://${registry.host}/charts/web`;
    const access = toWire({ url: repoURL, type: 'oci', insecureOciForceHttp: true });
    const rendered = await rig.render({ repoURL, path: '.' }, { repositories: [access], revisions: [digest] });
    expect(rendered.sourceTypes).toEqual(['Helm']);
    expect(namesOf(rendered.objects)).toEqual(['ConfigMap/web-1.0.0']);
  });

  it('are trees of files when they are no charts', async () => {
    await using rig = await startRenderRig();
    await using registry = await startOciRegistry();
    const digest = registry.push({
      repository: 'org/manifests',
      tag: 'v1',
      layers: [
        {
          mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
          content: buildTarball({ 'app/a.yaml': configMap('a') }),
        },
      ],
    });
    const repoURL = `oci://${registry.host}/org/manifests`;
    const access = toWire({ url: repoURL, type: 'oci', insecureOciForceHttp: true });
    const { revisions } = await rig.repoServer.resolveRevisions({
      repository: access,
      refresh: true,
      revisions: [{ targetRevision: 'v1' }],
    });
    expect(revisions).toEqual([{ revision: digest }]);
    const rendered = await rig.render({ repoURL, path: 'app' }, { repositories: [access], revisions: [digest] });
    expect(namesOf(rendered.objects)).toEqual(['ConfigMap/a']);
    const requests = registry.requests.length;
    await rig.render({ repoURL, path: 'app' }, { repositories: [access], revisions: [digest] });
    expect(registry.requests.length).toBe(requests);
  });
});

describe('dependencies of charts', () => {
  const parent = (dependencies: string) => ({
    'parent/Chart.yaml': `apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n${dependencies}`,
  });

  it('come from Helm repositories, registries and the repository itself', async () => {
    await using repository = await startChartRepository({ auth });
    await using registry = await startOciRegistry();
    repository.addChart(chart('http-dep', '1.4.0'));
    registry.pushChart('charts/oci-dep', chart('oci-dep', '2.1.0'));
    await using rig = await startRenderRig({
      ...parent(
        `- {name: http-dep, version: 1.x, repository: "${repository.url}", alias: other}\n` +
          `- {name: oci-dep, version: 2.1.0, repository: "oci://${registry.host}/charts"}\n` +
          `- {name: local-dep, version: 0.1.0, repository: "file://../local-dep"}\n`,
      ),
      'parent/values.yaml': 'other: {a: from-parent}\n',
      'local-dep/Chart.yaml': 'apiVersion: v2\nname: local-dep\nversion: 0.1.0\n',
      'local-dep/values.yaml': 'a: l\n',
      'local-dep/templates/c.yaml': template['templates/c.yaml'],
    });
    const dependencyRepositories = [
      toWire({ url: repository.url, type: 'helm', ...credentials }),
      toWire({ url: registry.host, type: 'helm', enableOci: true, insecureOciForceHttp: true }),
    ];
    const rendered = await rig.render({ path: 'parent' }, { dependencyRepositories });
    expect(namesOf(rendered.objects).toSorted()).toEqual([
      'ConfigMap/local-dep-0.1.0',
      'ConfigMap/oci-dep-2.1.0',
      'ConfigMap/other-1.4.0',
    ]);
    await rig.repository.commit({ 'local-dep/values.yaml': 'a: changed\n' });
    expect(await rig.render({ path: 'parent' }, { dependencyRepositories })).toMatchObject({ rendered: true });
  });

  it('are those of the lock file, which must fit', async () => {
    await using repository = await startChartRepository();
    for (const version of ['1.0.0', '1.4.0']) repository.addChart(chart('dep', version));
    const lock = (version: string) =>
      `dependencies:\n- {name: dep, version: ${version}, repository: "${repository.url}"}\n`;
    await using rig = await startRenderRig({
      ...parent(`- {name: dep, version: 1.x, repository: "${repository.url}"}\n`),
      'parent/Chart.lock': lock('1.0.0'),
    });
    const dependencyRepositories = [toWire({ url: repository.url, type: 'helm' })];
    expect(namesOf((await rig.render({ path: 'parent' }, { dependencyRepositories })).objects)).toEqual([
      'ConfigMap/dep-1.0.0',
    ]);
    await rig.repository.commit({ 'parent/Chart.lock': lock('2.0.0') });
    await expect(rig.render({ path: 'parent' }, { dependencyRepositories })).rejects.toMatchObject({
      code: 'HELM_LOCK_OUTDATED',
    });
  });

  it('are not served from the store once the project does not permit their repository', async () => {
    await using repository = await startChartRepository();
    repository.addChart(chart('dep', '1.0.0'));
    await using rig = await startRenderRig(parent(`- {name: dep, version: 1.0.0, repository: "${repository.url}"}\n`));
    const permit = (permittedRepositories: string[]) => rig.render({ path: 'parent' }, { permittedRepositories });
    expect(await permit(['*'])).toMatchObject({ rendered: true });
    expect(await permit([repository.url])).toMatchObject({ rendered: false });
    await expect(permit(['https://elsewhere.example.com/*'])).rejects.toMatchObject({
      code: 'DEPENDENCY_NOT_PERMITTED',
    });
  });

  it('come from public repositories that nobody configured, when the project permits them', async () => {
    await using repository = await startChartRepository();
    repository.addChart(chart('dep', '1.0.0'));
    await using rig = await startRenderRig(parent(`- {name: dep, version: 1.0.0, repository: "${repository.url}"}\n`));
    await expect(rig.render({ path: 'parent' })).rejects.toMatchObject({ code: 'DEPENDENCY_NOT_PERMITTED' });
    const permittedRepositories = ['https://elsewhere.example.com/*'];
    await expect(rig.render({ path: 'parent' }, { permittedRepositories })).rejects.toMatchObject({
      code: 'DEPENDENCY_NOT_PERMITTED',
    });
    const rendered = await rig.render({ path: 'parent' }, { permittedRepositories: ['*'] });
    expect(namesOf(rendered.objects)).toEqual(['ConfigMap/dep-1.0.0']);
  });

  it('may not lead out of the repository', async () => {
    await using rig = await startRenderRig(
      parent('- {name: dep, version: 1.0.0, repository: "file://../../../etc"}\n'),
    );
    await expect(rig.render({ path: 'parent' })).rejects.toMatchObject({ code: 'RENDER_PATH_OUTSIDE_REPO' });
  });
});
