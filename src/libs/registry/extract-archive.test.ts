import { spawnSync } from 'node:child_process';
import { readFile, readdir, stat, symlink, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tempDir } from '#base/tempdir';
import { buildTar, buildTarball } from '#harness';
import type { TarEntry } from '#harness';
import { DirectoryTree } from './directory-tree.ts';
import { extractArchive } from './extract-archive.ts';

async function extract(content: Uint8Array, limits = {}): Promise<{ path: string } & AsyncDisposable> {
  const dir = await tempDir('archive-');
  await writeFile(join(dir.path, 'a.tar'), content);
  try {
    await extractArchive({ file: join(dir.path, 'a.tar'), into: join(dir.path, 'out'), limits });
  } catch (error) {
    // Nothing may stay of what was refused.
    expect(await readdir(dir.path)).toEqual(['a.tar']);
    await dir[Symbol.asyncDispose]();
    throw error;
  }
  return { path: join(dir.path, 'out'), [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

describe('extractArchive', () => {
  it('unpacks files, read-only, with their executable bit', async () => {
    const entries: TarEntry[] = [
      { name: './', type: '5' },
      { name: './a/b.txt', content: 'b' },
      { name: 'run.sh', content: '#!', mode: 0o755 },
      { name: `${'long/'.repeat(30)}name.txt`, content: 'deep' },
    ];
    await using out = await extract(gzipSync(buildTar(entries)));
    expect(await readFile(join(out.path, 'a/b.txt'), 'utf8')).toBe('b');
    expect((await stat(join(out.path, 'run.sh'))).mode & 0o777).toBe(0o555);
    expect((await stat(join(out.path, 'a/b.txt'))).mode & 0o777).toBe(0o444);
    expect(await readFile(join(out.path, 'long/'.repeat(30), 'name.txt'), 'utf8')).toBe('deep');
  });

  it.each(['gnu', 'pax', 'ustar', 'v7'])('reads what tar writes in %s format', async (format) => {
    await using dir = await tempDir();
    const deep = join(dir.path, 'src', format === 'v7' || format === 'ustar' ? 'short' : 'x'.repeat(120), 'ünïcode');
    await mkdir(deep, { recursive: true });
    await writeFile(join(deep, 'f.txt'), 'content');
    const made = spawnSync('tar', [
      `--format=${format}`,
      '-czf',
      join(dir.path, 'a.tgz'),
      '-C',
      join(dir.path, 'src'),
      '.',
    ]);
    expect(made.status).toBe(0);
    await using out = await extract(await readFile(join(dir.path, 'a.tgz')));
    expect(await readFile(deep.replace(join(dir.path, 'src'), out.path) + '/f.txt', 'utf8')).toBe('content');
  });

  it.each<[string, TarEntry[]]>([
    ['a path that climbs', [{ name: '../x', content: 'x' }]],
    ['a path that climbs within', [{ name: 'a/../../x', content: 'x' }]],
    ['an absolute path', [{ name: '/etc/canary', content: 'x' }]],
    ['a backslash', [{ name: 'a\\..\\b', content: 'x' }]],
    [
      'a symbolic link',
      [
        { name: 'l', type: '2', link: '/etc' },
        { name: 'l/x', content: 'x' },
      ],
    ],
    ['a hard link', [{ name: 'l', type: '1', link: '/etc/passwd' }]],
    ['a FIFO', [{ name: 'f', type: '6' }]],
    ['a device', [{ name: 'd', type: '3' }]],
    [
      'a name twice',
      [
        { name: 'a', content: '1' },
        { name: 'a', content: '2' },
      ],
    ],
    [
      'names that differ in case',
      [
        { name: 'README', content: '1' },
        { name: 'readme', content: '2' },
      ],
    ],
    [
      'folders that differ in case',
      [
        { name: 'A/x', content: '1' },
        { name: 'a/y', content: '2' },
      ],
    ],
    [
      'names that differ in composition',
      [
        { name: 'é', content: '1' },
        { name: 'e\u0301', content: '2' },
      ],
    ],
    [
      'a file that is a folder',
      [
        { name: 'a', content: '1' },
        { name: 'a/b', content: '2' },
      ],
    ],
    ['a setuid bit', [{ name: 'a', content: '1', mode: 0o4755 }]],
  ])('refuses %s', async (_what, entries) => {
    await expect(extract(buildTar(entries))).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  it('refuses what is too much', async () => {
    const entries = Array.from({ length: 5 }, (_, i) => ({ name: `f${i}`, content: 'x'.repeat(2000) }));
    const tar = buildTar(entries);
    await expect(extract(tar, { maxEntries: 4 })).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' });
    await expect(extract(tar, { maxFileBytes: 1000 })).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' });
    await expect(extract(tar, { maxTotalBytes: 5000 })).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' });
    const bomb = buildTarball(
      Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`z${i}`, Buffer.alloc(1024 * 1024)])),
    );
    await expect(extract(bomb)).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' });
  });

  it('refuses damaged archives', async () => {
    const good = buildTarball({ a: 'x'.repeat(5000) });
    await expect(extract(good.subarray(0, good.length - 20))).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
    await expect(extract(Buffer.from('no archive at all'.repeat(100)))).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
    });
    await expect(extract(buildTar([{ name: 'a', content: 'x'.repeat(2000) }]).subarray(0, 1024))).rejects.toMatchObject(
      { code: 'ARCHIVE_INVALID' },
    );
  });
});

describe('DirectoryTree', () => {
  it('gives equal content equal ids and different content different ones', async () => {
    await using one = await extract(
      buildTar([
        { name: 'x/a', content: '1' },
        { name: 'b', content: '2' },
      ]),
    );
    await using two = await extract(
      buildTar([
        { name: 'b', content: '2' },
        { name: 'x/a', content: '1' },
      ]),
    );
    await using three = await extract(
      buildTar([
        { name: 'b', content: '2' },
        { name: 'x/a', content: '1', mode: 0o755 },
      ]),
    );
    const [a, b, c] = await Promise.all([one, two, three].map(({ path }) => DirectoryTree.open(path)));
    expect(a?.id).toBe(b?.id);
    expect(a?.id).not.toBe(c?.id);
    expect((await a?.entry('b'))?.id).toBe((await c?.entry('b'))?.id);
    expect(await a?.entry('x/none')).toBeUndefined();
    await expect(a?.read('b', { maxBytes: 0 })).rejects.toMatchObject({ code: 'TREE_FILE_TOO_LARGE' });
    await expect(a?.materialise('none')).rejects.toMatchObject({ code: 'TREE_PATH_NOT_FOUND' });
  });

  it('refuses a directory with links', async () => {
    await using dir = await tempDir();
    await symlink('/etc', join(dir.path, 'l'));
    await expect(DirectoryTree.open(dir.path)).rejects.toMatchObject({ code: 'TREE_UNSAFE' });
  });
});
