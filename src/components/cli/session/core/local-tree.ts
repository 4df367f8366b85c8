import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative, resolve } from 'node:path';
import type { Clock } from '#base/clock';
import { exec, minimalEnv } from '#base/exec';
import { tempDir } from '#base/tempdir';
import { createHttpBackend } from '#libs/git';
import { usageError } from '../../program/usage-error.ts';

export interface LocalTree extends AsyncDisposable {
  readonly url: string;
  /** Of the source inside the tree. */
  readonly path: string;
}

/**
 * A local directory as a repository of one commit, served on loopback, so that it is rendered by the same renderer, as
 * confined, as any other source. Files that .gitignore names stay out. Goes away with `await using`.
 */
export async function serveLocalTree(
  { path, root }: { readonly path: string; readonly root: string },
  clock: Clock,
): Promise<LocalTree> {
  const top = root === '/' ? await findTop(path, clock) : resolve(root);
  const inside = relative(top, resolve(path));
  if (inside.startsWith('..')) {
    throw usageError(`"${path}" does not lie in "${top}".`, 'Name the root of the tree with --local-repo-root.');
  }
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await tempDir('windlass-local-'));
  await commitTree(top, join(directory.path, 'local.git'), clock);
  const backend = await createHttpBackend({ root: directory.path });
  const server = createServer((request, response) =>
    backend(request, response, new URL(request.url ?? '/', 'http://x').pathname),
  );
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', done);
  });
  stack.defer(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  const kept = stack.move();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/local.git`,
    path: inside === '' ? '.' : inside,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** The Git work tree that a directory belongs to, else the directory itself. */
async function findTop(path: string, clock: Clock): Promise<string> {
  const { code, stdout } = await exec('git', ['-C', resolve(path), 'rev-parse', '--show-toplevel'], {
    clock,
    okCodes: [0, 128],
  });
  return code === 0 ? stdout.toString('utf8').trim() : resolve(path);
}

async function commitTree(top: string, gitDir: string, clock: Clock): Promise<void> {
  const author = {
    GIT_AUTHOR_NAME: 'local',
    GIT_AUTHOR_EMAIL: 'local',
    GIT_COMMITTER_NAME: 'local',
    GIT_COMMITTER_EMAIL: 'local',
  };
  const env = { ...minimalEnv(), ...author, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const git = async (...args: readonly string[]) => {
    const { stdout } = await exec('git', args, { env, clock });
    return stdout.toString('utf8').trim();
  };
  await git('init', '--quiet', '--bare', '--initial-branch=main', gitDir);
  const place = [`--git-dir=${gitDir}`, `--work-tree=${top}`, '-c', 'core.safecrlf=false'];
  await git(...place, 'add', '--all', '.');
  const tree = await git(...place, 'write-tree');
  const commit = await git(...place, 'commit-tree', '-m', 'Local files', tree);
  await git(...place, 'update-ref', 'refs/heads/main', commit);
}
