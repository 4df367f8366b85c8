import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { Secret } from '#base/secret';
import { repoServerContract } from '#core/contracts';
import { connectHttp, serveHttp } from '#libs/rpc';
import { configMap, gitAccess, requestFor, startRenderRig } from './render-rig.ts';

describe('the repo-server over a socket', () => {
  it('answers as it does in the same process', async () => {
    await using rig = await startRenderRig({
      'app/a.yaml': `${configMap('a')}big: 12345678901234567890\n`,
      'bad/a.yaml': 'apiVersion: v1\nkind: A\nmetadata: [\n',
    });
    const token = new Secret('token');
    const listen = { socket: join(rig.dataDir, 'repo-server.sock') };
    await using server = await serveHttp(repoServerContract, rig.handlers, {
      token,
      listen,
      clock: systemClock,
      log: silentLogger,
    });
    await using remote = connectHttp(repoServerContract, { token, address: server.address, clock: systemClock });
    const repository = gitAccess(rig.url);
    const query = { repository, refresh: true, revisions: [{ targetRevision: 'main' }, { targetRevision: 'nope' }] };
    const resolved = await remote.client.resolveRevisions(query);
    expect(resolved).toEqual(await rig.repoServer.resolveRevisions(query));
    expect(resolved.revisions[1]).toMatchObject({
      error: { message: "unable to resolve 'nope' to a commit SHA: revision not found" },
    });
    const [first] = resolved.revisions;
    const revision = first && 'revision' in first ? first.revision : '';
    const request = (path: string) => ({ ...requestFor([{ repoURL: rig.url, path }], rig.url), revisions: [revision] });
    const here = await rig.repoServer.generateManifests(request('app'));
    expect(await remote.client.generateManifests(request('app'))).toEqual({ ...here, rendered: false });
    const errors = await Promise.all(
      [rig.repoServer, remote.client].map((client) =>
        client.generateManifests(request('bad')).catch((error: Error) => error),
      ),
    );
    expect(JSON.stringify(errors[0])).toBe(JSON.stringify(errors[1]));
    const metadata = await remote.client.revisionMetadata({ repository, revision });
    expect(metadata).toMatchObject({
      author: 'Test Author <author@example.com>',
      message: expect.stringContaining('First'),
      tags: [],
    });
    expect(await remote.client.testRepository({ repository })).toEqual({});
    await expect(remote.client.testRepository({ repository: gitAccess(`${rig.url}-nope`) })).rejects.toMatchObject({
      kind: 'NotFound',
    });
  });

  it('says which programs render and how they are shut in', async () => {
    await using rig = await startRenderRig({}, { jsonnetPath: '/nonexistent/jsonnet' });
    const { tools, confinement } = await rig.repoServer.rendererStatus({});
    const [helm, kustomize, jsonnet] = tools;
    expect(helm).toMatchObject({
      name: 'helm',
      version: expect.stringMatching(/^v\d+\.\d+/),
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(kustomize).toMatchObject({ name: 'kustomize', version: expect.stringMatching(/^v5\./) });
    expect(jsonnet).toMatchObject({ name: 'jsonnet', error: { code: 'JSONNET_NOT_FOUND' } });
    expect(confinement.explanation).toMatch(/network/);
  });
});

describe('resolveRevisions', () => {
  it('asks a repository once for all revisions of all applications', async () => {
    await using rig = await startRenderRig({ 'a.yaml': configMap('a') });
    await rig.repository.tag('app-v1.2.3');
    await rig.repository.tag('v1.0.0');
    const head = await rig.repository.git('rev-parse', 'main');
    const before = await rig.count('argocd_git_request_total');
    const queries = ['main', '', 'HEAD', 'v1.x', head, 'refs/heads/main', 'nope'].map((targetRevision) => ({
      targetRevision,
    }));
    const revisions = [...queries, { targetRevision: '^1.0.0', tagPrefix: 'app-v' }];
    const answer = await rig.repoServer.resolveRevisions({ repository: gitAccess(rig.url), refresh: true, revisions });
    expect(answer.revisions.map((one) => ('revision' in one ? one.revision === head : one.error.code))).toEqual([
      ...Array.from({ length: 6 }, () => true),
      'GIT_REVISION_NOT_FOUND',
      true,
    ]);
    expect((await rig.count('argocd_git_request_total')) - before).toBe(1);
    await rig.repoServer.resolveRevisions({ repository: gitAccess(rig.url), refresh: false, revisions });
    expect((await rig.count('argocd_git_request_total')) - before).toBe(1);
  });
});
