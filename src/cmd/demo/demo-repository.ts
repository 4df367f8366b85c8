import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec, minimalEnv } from '#base/exec';

export interface DemoRepositoryOptions {
  /** The example files that the first commit holds. */
  readonly template: string;
  /** Where the bare repository goes: `<gitRoot>/demo.git`. */
  readonly gitRoot: string;
  /** A clone for the user to edit and push from. */
  readonly workDir: string;
  /** The URL under which the repository is served. */
  readonly url: string;
  readonly signal: AbortSignal;
}

const author = {
  GIT_AUTHOR_NAME: 'Windlass demo',
  GIT_AUTHOR_EMAIL: 'demo@windlass.invalid',
  GIT_COMMITTER_NAME: 'Windlass demo',
  GIT_COMMITTER_EMAIL: 'demo@windlass.invalid',
};

/** Makes the demo's repository and a clone to edit, once; a later start keeps what the user committed. True when it was made now. */
export async function ensureDemoRepository(options: DemoRepositoryOptions): Promise<boolean> {
  const bare = join(options.gitRoot, 'demo.git');
  const isNew = !existsSync(join(bare, 'HEAD'));
  if (isNew) await createRepository(bare, options);
  if (!existsSync(options.workDir)) await git(['clone', '--quiet', bare, options.workDir], options.signal);
  return isNew;
}

async function createRepository(
  bare: string,
  { template, gitRoot, workDir, url, signal }: DemoRepositoryOptions,
): Promise<void> {
  await mkdir(gitRoot, { recursive: true });
  const building = `${bare}.new`;
  const tree = `${workDir}.new`;
  await rm(building, { recursive: true, force: true });
  await rm(tree, { recursive: true, force: true });
  await cp(template, tree, { recursive: true });
  await nameRepository(join(tree, 'apps'), url);
  await git(['init', '--quiet', '--initial-branch=main', tree], signal);
  await git(['-C', tree, 'add', '--all'], signal);
  await git(['-C', tree, 'commit', '--quiet', '--message', 'The demo as it starts'], signal);
  await git(['clone', '--quiet', '--bare', tree, building], signal);
  await git(['-C', building, 'remote', 'remove', 'origin'], signal);
  await rm(tree, { recursive: true, force: true });
  // Whole or not at all: a start that was killed half-way begins again.
  await rename(building, bare);
}

/** The applications of the demo point at the repository that they come from. */
async function nameRepository(appsDir: string, url: string): Promise<void> {
  for (const name of await readdir(appsDir)) {
    const file = join(appsDir, name);
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('DEMO_REPOSITORY', url));
  }
}

async function git(args: readonly string[], signal: AbortSignal): Promise<void> {
  await exec('git', args, {
    env: {
      ...minimalEnv(),
      ...author,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
    },
    signal,
  });
}
