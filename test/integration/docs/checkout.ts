import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exec, minimalEnv } from '#base/exec';
import { tempDir } from '#base/tempdir';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A copy of what a clone of this tree would hold, with the packages that are installed already. */
export async function checkoutCopy(): Promise<{ readonly path: string } & AsyncDisposable> {
  const directory = await tempDir('windlass-checkout-');
  const { stdout } = await exec('git', ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    env: minimalEnv(),
  });
  const names = stdout
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '');
  for (const folder of new Set(names.map((name) => dirname(name))))
    await mkdir(join(directory.path, folder), { recursive: true });
  await Promise.all(names.map((name) => cp(join(root, name), join(directory.path, name)).catch(ignoreDeleted)));
  await symlink(join(root, 'node_modules'), join(directory.path, 'node_modules'));
  return directory;
}

/** A tracked file that was just removed is no part of the copy. */
function ignoreDeleted(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
