import { execFileSync } from 'node:child_process';
import { lstat, readFile, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitFixture, text } from './git-fixture.ts';
import { tempDir } from '#base/tempdir';
import type { Files } from '#harness';
import type { GitAccess } from '#libs/git';

async function treeOf(fixture: Awaited<ReturnType<typeof gitFixture>>, files: Files, more: Partial<GitAccess> = {}) {
  const repository = await fixture.server.createRepository(`r${fixture.server.requests.length}`, files);
  const access = { url: repository.url, ...more };
  const { sha } = await fixture.store.resolve(access, 'main');
  return { repository, access, tree: await fixture.store.tree(access, sha) };
}

describe('GitTree', () => {
  it('follows links inside the tree, except in the last place of an entry', async () => {
    await using fixture = await gitFixture();
    const { tree } = await treeOf(fixture, {
      'base/values.yaml': 'a: 1\n',
      'apps/web': { symlink: '../base' },
      'apps/values.yaml': { symlink: './web/values.yaml' },
      dangling: { symlink: 'nowhere' },
    });
    expect(text(await tree.read('apps/web/values.yaml'))).toBe('a: 1\n');
    expect(text(await tree.read('apps/values.yaml'))).toBe('a: 1\n');
    expect((await tree.list('apps/web'))?.map(({ name }) => name)).toEqual(['values.yaml']);
    expect(await tree.entry('apps/web')).toMatchObject({ type: 'symlink' });
    expect((await tree.entry('apps/web/values.yaml'))?.id).toBe((await tree.entry('base/values.yaml'))?.id);
    expect(await tree.read('dangling')).toBeUndefined();
  });

  it.each([
    ['../outside', 'GIT_SYMLINK_OUTSIDE'],
    ['/etc/passwd', 'GIT_SYMLINK_OUTSIDE'],
    ['dir/../../outside', 'GIT_SYMLINK_OUTSIDE'],
    ['link', 'GIT_SYMLINK_LOOP'],
  ])('refuses to follow a link to %s', async (target, code) => {
    await using fixture = await gitFixture();
    const { tree } = await treeOf(fixture, { link: { symlink: target }, 'dir/x': 'x' });
    await expect(tree.read('link')).rejects.toMatchObject({ code });
    await expect(tree.materialise('')).rejects.toMatchObject({ code });
    expect(text(await tree.read('dir/x'))).toBe('x');
  });

  it.each(['/etc/passwd', '../x', 'a/../../x', 'a\0b'])('refuses the path %j', async (path) => {
    await using fixture = await gitFixture();
    const { tree } = await treeOf(fixture, { a: 'a' });
    for (const call of [tree.read(path), tree.entry(path), tree.list(path), tree.materialise(path)]) {
      await expect(call).rejects.toMatchObject({ code: 'GIT_PATH_INVALID' });
    }
  });

  it('reads nothing longer than asked', async () => {
    await using fixture = await gitFixture();
    const { tree } = await treeOf(fixture, { big: 'x'.repeat(1000) });
    await expect(tree.read('big', { maxBytes: 999 })).rejects.toMatchObject({ code: 'TREE_FILE_TOO_LARGE' });
    expect((await tree.read('big', { maxBytes: 1000 }))?.length).toBe(1000);
  });

  it('finds a thousand paths of a new commit without reading what it knows', async () => {
    await using fixture = await gitFixture();
    const files: Record<string, string> = {};
    for (let i = 0; i < 1000; i++) files[`apps/app-${i}/deployment.yaml`] = `app: ${i}\n`;
    const { repository, access, tree } = await treeOf(fixture, files);
    const paths = Object.keys(files).map((path) => path.replace(/\/[^/]*$/, ''));
    const before = await Promise.all(paths.map((path) => tree.entry(path)));
    const sha = await repository.commit({ 'apps/app-7/deployment.yaml': 'changed\n' });
    await fixture.store.ensureCommit(access, sha, 'refs/heads/main');

    const processes = await fixture.processes();
    const next = await fixture.store.tree(access, sha);
    const after = await Promise.all(paths.map((path) => next.entry(path)));

    expect(after.filter((entry, i) => entry?.id !== before[i]?.id).map((entry) => entry?.name)).toEqual(['app-7']);
    expect(await fixture.processes()).toBe(processes);
  });
});

describe('GitTree.materialise', () => {
  it('writes read-only files once for equal content, wherever it stands', async () => {
    await using fixture = await gitFixture();
    const { tree, repository, access } = await treeOf(fixture, {
      'one/a.txt': 'a',
      'one/run.sh': { content: '#!', executable: true },
      'two/a.txt': 'a',
      'two/run.sh': { content: '#!', executable: true },
      other: '1',
    });
    const path = await tree.materialise('one');
    expect((await readdir(path)).toSorted()).toEqual(['a.txt', 'run.sh']);
    expect((await stat(join(path, 'a.txt'))).mode & 0o777).toBe(0o444);
    expect((await stat(join(path, 'run.sh'))).mode & 0o777).toBe(0o555);
    expect(await tree.materialise('two')).toBe(path);
    const sha = await repository.commit({ other: '2' });
    expect(await (await fixture.store.tree(access, sha)).materialise('one')).toBe(path);
    await expect(tree.materialise('none')).rejects.toMatchObject({ code: 'GIT_PATH_NOT_FOUND' });
    await expect(tree.materialise('other')).rejects.toMatchObject({ code: 'GIT_PATH_NOT_FOUND' });
  });

  it('keeps links inside the directory and brings in what others lead to', async () => {
    await using fixture = await gitFixture();
    const { tree, repository, access } = await treeOf(fixture, {
      'base/values.yaml': 'v1',
      'base/nested/x': 'x',
      'app/inner.txt': 'inner',
      'app/sub/link-inside': { symlink: '../inner.txt' },
      'app/link-outside': { symlink: '../base/values.yaml' },
      'app/folder': { symlink: '../base' },
      'app/dangling': { symlink: '../nothing' },
      'app/back': { symlink: 'sub/../../app/inner.txt' },
    });
    const path = await tree.materialise('app');
    expect(await readlink(join(path, 'sub/link-inside'))).toBe('../inner.txt');
    expect((await lstat(join(path, 'link-outside'))).isFile()).toBe(true);
    expect(await readFile(join(path, 'link-outside'), 'utf8')).toBe('v1');
    expect(await readFile(join(path, 'folder/nested/x'), 'utf8')).toBe('x');
    expect((await lstat(join(path, 'back'))).isFile()).toBe(true);
    await expect(lstat(join(path, 'dangling'))).rejects.toMatchObject({ code: 'ENOENT' });

    const sha = await repository.commit({ 'base/values.yaml': 'v2' });
    const next = await (await fixture.store.tree(access, sha)).materialise('app');
    expect(next).not.toBe(path);
    expect(await readFile(join(next, 'link-outside'), 'utf8')).toBe('v2');
    expect(await readFile(join(path, 'link-outside'), 'utf8')).toBe('v1');
  });

  it('agrees with a checkout', async () => {
    await using fixture = await gitFixture();
    const files: Record<string, string> = {};
    for (let i = 0; i < 300; i++) files[`d${i % 17}/e${i % 5}/f${i}.yaml`] = `n: ${'x'.repeat(i * 13)}\n`;
    const { tree, repository } = await treeOf(fixture, files);
    const path = await tree.materialise('');
    await using checkout = await tempDir();
    const archive = execFileSync('git', ['--git-dir', repository.dir, 'archive', 'main']);
    execFileSync('tar', ['-xf', '-', '-C', checkout.path], { input: archive });
    expect(execFileSync('diff', ['-r', checkout.path, path]).toString()).toBe('');
  });

  it('removes what was not used lately when the budget is spent', async () => {
    const { VirtualClock } = await import('#base/clock');
    const clock = new VirtualClock();
    await using fixture = await gitFixture({ store: { clock, maxTreeBytes: 2500 } });
    const files = Object.fromEntries([0, 1, 2, 3].map((i) => [`d${i}/f`, String(i).repeat(1000)]));
    const { tree } = await treeOf(fixture, files);
    const first = await tree.materialise('d0');
    await clock.advance(60_000);
    const second = await tree.materialise('d1');
    await clock.advance(20 * 60_000);
    expect(await tree.materialise('d0')).toBe(first);
    const third = await tree.materialise('d2');
    await expect(stat(second)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readFile(join(first, 'f'), 'utf8')).toHaveLength(1000);
    expect(await readFile(join(third, 'f'), 'utf8')).toHaveLength(1000);
    expect(await tree.materialise('d1')).toBe(second);
  });
});

describe('Large File Storage', () => {
  it('is resolved when the repository says so, and only then', async () => {
    await using fixture = await gitFixture();
    const content = 'large content '.repeat(100);
    const pointer = fixture.server.storeLfs(content);
    const files = { 'big.bin': pointer, 'dir/also.bin': pointer, small: 'x' };
    const { tree, access } = await treeOf(fixture, files, { enableLfs: true });
    expect(text(await tree.read('big.bin'))).toBe(content);
    const path = await tree.materialise('');
    expect(await readFile(join(path, 'dir/also.bin'), 'utf8')).toBe(content);
    expect((await stat(join(path, 'big.bin'))).mode & 0o777).toBe(0o444);
    expect(fixture.server.requests.filter((r) => r.path.startsWith('/lfs/'))).toHaveLength(1);

    const plain = await fixture.store.tree({ url: access.url }, tree.commit.sha);
    expect(text(await plain.read('big.bin'))).toBe(pointer);
    expect(plain.id).not.toBe(tree.id);
    expect((await plain.entry('big.bin'))?.id).not.toBe((await tree.entry('big.bin'))?.id);
    await expect(tree.read('big.bin', { maxBytes: 500 })).rejects.toMatchObject({ code: 'TREE_FILE_TOO_LARGE' });
  });

  it('refuses content that does not match its pointer, and an object that is not there', async () => {
    await using fixture = await gitFixture();
    const pointer = fixture.server.storeLfs('right');
    const missing = pointer.replace(/sha256:\w{64}/, `sha256:${'0'.repeat(64)}`);
    const { tree } = await treeOf(
      fixture,
      { a: pointer, b: missing, '.lfsconfig': '[lfs]\nurl = http://127.0.0.1:1/evil\n' },
      { enableLfs: true },
    );
    fixture.server.intercept = (request, response) => {
      if (!request.url?.startsWith('/lfs/')) return false;
      response.end('wrong');
      return true;
    };
    await expect(tree.read('a')).rejects.toMatchObject({ code: 'LFS_FAILED' });
    await expect(tree.read('b')).rejects.toMatchObject({ code: 'LFS_FAILED' });
  });
});

describe('Submodules', () => {
  it('are left out by default and followed on demand', async () => {
    await using fixture = await gitFixture();
    const inner = await fixture.server.createRepository('inner', { 'values.yaml': 'inner: true\n', 'deep/x': 'x' });
    const sha = await inner.git('rev-parse', 'main');
    const files: Files = {
      '.gitmodules': '[submodule "lib"]\n\tpath = vendor/lib\n\turl = ../inner.git\n',
      'vendor/lib': { submodule: sha },
      top: 'top',
    };
    const { tree, access } = await treeOf(fixture, files);
    expect(await tree.entry('vendor/lib')).toMatchObject({ type: 'submodule', id: sha });
    expect(await tree.read('vendor/lib/values.yaml')).toBeUndefined();
    expect(await readdir(await tree.materialise(''))).not.toContain('vendor');

    const followed = await fixture.store.tree({ ...access, submodules: true }, tree.commit.sha);
    expect(await followed.entry('vendor/lib')).toMatchObject({ type: 'directory' });
    expect(text(await followed.read('vendor/lib/values.yaml'))).toBe('inner: true\n');
    expect((await followed.list('vendor/lib'))?.map(({ name }) => name)).toEqual(['deep', 'values.yaml']);
    const path = await followed.materialise('');
    expect(await readFile(join(path, 'vendor/lib/deep/x'), 'utf8')).toBe('x');
    expect(await readFile(join(await followed.materialise('vendor/lib/deep'), 'x'), 'utf8')).toBe('x');
  });

  it.each(['ext::sh -c touch% /tmp/canary', 'file:///etc', '-u/tmp/x', '/etc'])('do not reach %s', async (url) => {
    await using fixture = await gitFixture();
    const files: Files = {
      '.gitmodules': `[submodule "x"]\n\tpath = x\n\turl = ${url}\n`,
      x: { submodule: 'a'.repeat(40) },
    };
    const read = async () => (await treeOf(fixture, files, { submodules: true })).tree.read('x/y');
    // Some of these Git itself refuses when the objects arrive.
    await expect(read()).rejects.toMatchObject({ code: expect.stringMatching(/^GIT_(URL_|PACK_INVALID)/) as string });
  });
});
