import { readFile, readdir, rm, stat, writeFile, mkdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exec } from '#base/exec';
import { gitFixture, text } from './git-fixture.ts';

const files = {
  'README.md': 'hello\n',
  'apps/web/deployment.yaml': 'kind: Deployment\n',
  'apps/web/run.sh': { content: '#!/bin/sh\n', executable: true },
  'apps/api/service.yaml': 'kind: Service\n',
};

describe('GitStore', () => {
  it('resolves, fetches and reads a repository', async () => {
    await using fixture = await gitFixture();
    const { server, store } = fixture;
    const repository = await server.createRepository('first', files);
    const head = await repository.git('rev-parse', 'main');
    const access = { url: repository.url };

    expect(await store.resolve(access, '')).toEqual({ sha: head, ref: 'refs/heads/main' });
    const tree = await store.tree(access, head);
    expect(text(await tree.read('README.md'))).toBe('hello\n');
    expect(await tree.entry('apps/web/run.sh')).toMatchObject({ type: 'file', executable: true });
    expect((await tree.list('apps'))?.map(({ name }) => name)).toEqual(['api', 'web']);
    expect(await tree.entry('apps/none')).toBeUndefined();
    expect(await tree.read('apps')).toBeUndefined();
    expect(await store.commit(access, head)).toMatchObject({
      author: 'Test Author <author@example.com>',
      message: 'First',
      date: '2026-01-01T00:01:00Z',
      parents: [],
      signed: false,
    });
  });

  it('asks once and starts nothing for a poll without news', async () => {
    await using fixture = await gitFixture();
    const { server, store } = fixture;
    const repository = await server.createRepository('poll', files);
    const access = { url: repository.url };
    await store.resolve(access, 'main');
    const [requests, processes] = [server.requests.length, await fixture.processes()];

    const { sha } = await store.resolve(access, 'main');

    expect(sha).toBe(await repository.git('rev-parse', 'main'));
    expect(server.requests.length - requests).toBe(1);
    expect((await fixture.processes()) - processes).toBe(0);
    expect(server.requests.at(-1)).toMatchObject({ method: 'POST', path: '/poll.git/git-upload-pack', bytesOut: 65 });
  });

  it('fetches a new commit with one ls-refs and one fetch of a few hundred bytes', async () => {
    await using fixture = await gitFixture();
    const { server, store } = fixture;
    const repository = await server.createRepository('news', files);
    const access = { url: repository.url };
    const first = await store.resolve(access, 'main');
    await store.ensureCommit(access, first.sha, first.ref);
    await repository.commit({ 'README.md': 'changed\n' });
    const [requests, processes] = [server.requests.length, await fixture.processes()];

    const second = await store.resolve(access, 'main');
    await store.ensureCommit(access, second.sha, second.ref);

    expect(text(await (await store.tree(access, second.sha)).read('README.md'))).toBe('changed\n');
    expect(server.requests.length - requests).toBe(2);
    expect((await fixture.processes()) - processes).toBe(1);
    expect(server.requests.at(-1)?.bytesOut).toBeLessThan(700);
    expect(await store.changedPaths(access, first.sha, second.sha)).toEqual(['README.md']);
  });

  it('fetches a commit once for many callers', async () => {
    await using fixture = await gitFixture();
    const repository = await fixture.server.createRepository('many', files);
    const sha = await repository.git('rev-parse', 'main');
    await Promise.all(Array.from({ length: 20 }, () => fixture.store.tree({ url: repository.url }, sha)));
    expect(fixture.server.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('keeps commits over a restart and needs no network for them', async () => {
    await using fixture = await gitFixture();
    const repository = await fixture.server.createRepository('kept', files);
    const access = { url: repository.url };
    const sha = await repository.git('rev-parse', 'main');
    await fixture.store.ensureCommit(access, sha);
    await fixture.store.close();
    const requests = fixture.server.requests.length;

    const tree = await fixture.reopen().tree(access, sha);

    expect(text(await tree.read('README.md'))).toBe('hello\n');
    expect(fixture.server.requests.length).toBe(requests);
  });

  it.each([
    ['main', 'main'],
    ['refs/heads/release', 'release'],
    ['release', 'release'],
    ['v1.0.0', 'v1.0.0'],
    ['refs/tags/v1.0.0', 'v1.0.0'],
    ['annotated', 'annotated^{commit}'],
    ['1.x', 'v1.2.0'],
    ['>=1.0.0 <1.2.0', 'v1.1.0'],
  ])('resolves %s', async (revision, expected) => {
    await using fixture = await gitFixture();
    const repository = await fixture.server.createRepository('revisions');
    for (const version of ['v1.0.0', 'v1.1.0', 'v1.2.0', 'v2.0.0-rc.1']) {
      await repository.commit({ version }, version);
      await repository.tag(version);
    }
    await repository.branch('release', 'v1.1.0');
    await repository.branch('release-2', 'v1.2.0');
    await repository.tag('annotated', 'v1.0.0', { annotated: true });
    const { sha } = await fixture.store.resolve({ url: repository.url }, revision);
    expect(sha).toBe(await repository.git('rev-parse', expected));
  });

  it('resolves an abbreviated SHA, fetching history when it must', async () => {
    await using fixture = await gitFixture();
    const repository = await fixture.server.createRepository('short', files);
    const first = await repository.git('rev-parse', 'main');
    await repository.commit({ 'README.md': 'two\n' });
    const access = { url: repository.url };
    expect(await fixture.store.resolve(access, first.slice(0, 8))).toEqual({ sha: first });
    await expect(fixture.store.resolve(access, 'abcdef01')).rejects.toMatchObject({ code: 'GIT_REVISION_NOT_FOUND' });
  });

  it('says which revision is unknown, in the words that users of Argo CD know', async () => {
    await using fixture = await gitFixture();
    const repository = await fixture.server.createRepository('unknown', files);
    const access = { url: repository.url };
    await expect(fixture.store.resolve(access, 'nope')).rejects.toMatchObject({
      code: 'GIT_REVISION_NOT_FOUND',
      message: "Unable to resolve 'nope' to a commit SHA",
    });
    await expect(fixture.store.ensureCommit(access, 'd'.repeat(40))).rejects.toMatchObject({
      code: 'GIT_REVISION_NOT_FOUND',
    });
  });

  it.each(['--upload-pack=/bin/true', '-x', 'a..b', 'HEAD@{1}', 'a\nb', 'x'.repeat(10_000), 'a b', 'main~1', 'a:b'])(
    'refuses the revision %j before anything is asked',
    async (revision) => {
      await using fixture = await gitFixture();
      const repository = await fixture.server.createRepository('grammar', files);
      await expect(fixture.store.resolve({ url: repository.url }, revision)).rejects.toMatchObject({
        code: 'GIT_REVISION_INVALID',
      });
      expect(fixture.server.requests).toHaveLength(0);
    },
  );

  it('fetches after a forced push and keeps the old commit', async () => {
    await using fixture = await gitFixture();
    const repository = await fixture.server.createRepository('forced', files);
    const access = { url: repository.url };
    const old = await fixture.store.resolve(access, 'main');
    await fixture.store.ensureCommit(access, old.sha, old.ref);
    await repository.commit({ 'other.txt': 'new root\n' }, 'Rewritten', { orphan: true });

    const now = await fixture.store.resolve(access, 'main');
    await fixture.store.ensureCommit(access, now.sha, now.ref);

    expect(await fixture.store.changedPaths(access, old.sha, now.sha)).toContain('other.txt');
    expect(text(await (await fixture.store.tree(access, old.sha)).read('README.md'))).toBe('hello\n');
  });

  it('sweeps what a killed fetch left, and recovers from lost objects', async () => {
    await using fixture = await gitFixture();
    const repository = await fixture.server.createRepository('killed', files);
    const access = { url: repository.url };
    const { sha } = await fixture.store.resolve(access, 'main');
    await fixture.store.ensureCommit(access, sha, 'refs/heads/main');
    await fixture.store.close();
    const [mirror] = await readdir(join(fixture.dir, 'mirrors'));
    const packs = join(fixture.dir, 'mirrors', mirror as string, 'objects', 'pack');
    await rm(packs, { recursive: true });
    await mkdir(packs);
    const left = join(packs, 'tmp_pack_abandoned');
    await writeFile(left, 'half a pack');
    const quarantine = join(packs, '..', 'incoming-abandoned');
    await mkdir(quarantine);
    for (const path of [left, quarantine]) await utimes(path, 0, 0);
    await repository.commit({ 'README.md': 'after\n' });

    const store = fixture.reopen();
    const next = await store.resolve(access, 'main');
    const tree = await store.tree(access, next.sha);

    expect(text(await tree.read('apps/api/service.yaml'))).toBe('kind: Service\n');
    for (const path of [left, quarantine]) await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('serves nothing of another repository to somebody who knows its ids', async () => {
    await using fixture = await gitFixture();
    const { server, store } = fixture;
    const secret = await server.createRepository('secret', {
      'a/secret': 'canary',
      'a/big': server.storeLfs('canary large'),
    });
    const other = await server.createRepository('other', files);
    const sha = await secret.git('rev-parse', 'main');
    const tree = await store.tree({ url: secret.url, enableLfs: true }, sha);
    const path = await tree.materialise('a');
    for (const call of [store.commit({ url: other.url }, sha), store.tree({ url: other.url }, sha)]) {
      await expect(call).rejects.toMatchObject({ code: 'GIT_REVISION_NOT_FOUND' });
    }
    const copy = await server.createRepository('copy', {
      'a/secret': 'canary',
      'a/big': server.storeLfs('canary large'),
    });
    server.intercept = (request, response) =>
      request.url?.includes('lfs') ? (response.writeHead(404).end(), true) : false;
    const copied = await store.tree({ url: copy.url, enableLfs: true }, await copy.git('rev-parse', 'main'));
    await expect(copied.materialise('a')).rejects.toMatchObject({ code: 'LFS_FAILED' });
    expect(await tree.materialise('a')).toBe(path);
  });

  it('ends its reading process when nobody reads, and starts it again', async () => {
    const { VirtualClock } = await import('#base/clock');
    const clock = new VirtualClock();
    await using fixture = await gitFixture({ store: { clock } });
    const repository = await fixture.server.createRepository('idle', files);
    const tree = await fixture.store.tree({ url: repository.url }, await repository.git('rev-parse', 'main'));
    await tree.read('README.md');
    const processes = await fixture.processes();
    await tree.read('README.md');
    expect(await fixture.processes()).toBe(processes);
    await clock.advance(31_000);
    expect(text(await tree.read('README.md'))).toBe('hello\n');
    expect(await fixture.processes()).toBe(processes + 1);
  });

  it('says so when a repository uses object ids that it cannot read', async () => {
    await using fixture = await gitFixture();
    const dir = join(fixture.server.dir, 'sha256.git');
    const { stdout } = await exec('git', ['init', '--bare', '--object-format=sha256', dir]);
    expect(stdout.length).toBeGreaterThan(0);
    const access = { url: `${fixture.server.url}/sha256.git` };
    await expect(fixture.store.resolve(access, '')).rejects.toMatchObject({ code: 'GIT_OBJECT_FORMAT_UNSUPPORTED' });
  });

  it('finds no revision in an empty repository', async () => {
    await using fixture = await gitFixture();
    const { url } = await fixture.server.createRepository('empty');
    await expect(fixture.store.resolve({ url }, '')).rejects.toMatchObject({ code: 'GIT_REVISION_NOT_FOUND' });
  });

  it('joins packs when there are many', async () => {
    await using fixture = await gitFixture();
    const repository = await fixture.server.createRepository('packs', files);
    const access = { url: repository.url };
    const shas: string[] = [];
    for (let i = 0; i < 55; i++) {
      shas.push(await repository.commit({ count: String(i) }));
      await fixture.store.ensureCommit(access, shas.at(-1) as string, 'refs/heads/main');
    }
    const [mirror] = await readdir(join(fixture.dir, 'mirrors'));
    const packs = join(fixture.dir, 'mirrors', mirror as string, 'objects', 'pack');
    await expect.poll(async () => (await readdir(packs)).filter((n) => n.endsWith('.pack')).length).toBeLessThan(20);
    for (const [i, sha] of shas.entries()) {
      expect(text(await (await fixture.store.tree(access, sha)).read('count'))).toBe(String(i));
    }
  });

  it('speaks to servers that know only the old protocol', async () => {
    await using fixture = await gitFixture({ protocolVersion: 0, auth: { username: 'u', password: 'p' } });
    const { Secret } = await import('#base/secret');
    const repository = await fixture.server.createRepository('old', files);
    const access = { url: repository.url, username: 'u', password: new Secret('p') };
    const { sha, ref } = await fixture.store.resolve(access, '');
    expect(ref).toBe('refs/heads/main');
    const tree = await fixture.store.tree(access, sha);
    expect(text(await tree.read('README.md'))).toBe('hello\n');
    await repository.commit({ 'README.md': 'new\n' });
    const next = await fixture.store.resolve(access, 'main');
    expect(text(await (await fixture.store.tree(access, next.sha)).read('README.md'))).toBe('new\n');
  });

  it('reads a repository from disk when tests allow it, and refuses otherwise', async () => {
    await using fixture = await gitFixture({ store: { allowFileUrls: true } });
    const repository = await fixture.server.createRepository('local', files);
    const access = { url: `file://${repository.dir}` };
    const { sha } = await fixture.store.resolve(access, 'main');
    expect(text(await (await fixture.store.tree(access, sha)).read('README.md'))).toBe('hello\n');

    await using strict = await gitFixture();
    await expect(strict.store.resolve(access, 'main')).rejects.toMatchObject({ code: 'GIT_URL_FORBIDDEN' });
    await expect(strict.store.tree(access, sha)).rejects.toMatchObject({ code: 'GIT_URL_FORBIDDEN' });
  });

  it('leaves no credential and no configuration in the mirror', async () => {
    await using fixture = await gitFixture({ auth: { username: 'user', password: 'canary-password' } });
    const { Secret } = await import('#base/secret');
    const repository = await fixture.server.createRepository('clean', files);
    const access = { url: repository.url, username: 'user', password: new Secret('canary-password') };
    const { sha } = await fixture.store.resolve(access, 'main');
    await fixture.store.ensureCommit(access, sha);
    for (const entry of await readdir(fixture.dir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      expect((await readFile(join(entry.parentPath, entry.name))).includes('canary')).toBe(false);
    }
  });
});
