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

/**
 * Makes the demo's repository and a clone to edit, once; a later start keeps what the user committed. When the server has
 * another port than last time, a commit points the applications at it.
 */
export async function ensureDemoRepository(options: DemoRepositoryOptions): Promise<void> {
  const bare = join(options.gitRoot, 'demo.git');
  if (existsSync(join(bare, 'HEAD'))) await followUrl(bare, options);
  else await createRepository(bare, options);
  if (!existsSync(options.workDir)) await git(['clone', '--quiet', bare, options.workDir], options.signal);
}

const demoUrl = /http:\/\/127\.0\.0\.1:\d+\/git\/demo\.git/g;

async function followUrl(bare: string, { workDir, url, signal }: DemoRepositoryOptions): Promise<void> {
  const tree = `${workDir}.moved`;
  await rm(tree, { recursive: true, force: true });
  await git(['clone', '--quiet', bare, tree], signal);
  if (await replaceInApplications(join(tree, 'apps'), demoUrl, url)) {
    await git(['-C', tree, 'commit', '--quiet', '--all', '--message', `The demo is served at ${url} now`], signal);
    await git(['-C', tree, 'push', '--quiet'], signal);
  }
  await rm(tree, { recursive: true, force: true });
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
  await replaceInApplications(join(tree, 'apps'), 'DEMO_REPOSITORY', url);
  await git(['init', '--quiet', '--initial-branch=main', tree], signal);
  await git(['-C', tree, 'add', '--all'], signal);
  await git(['-C', tree, 'commit', '--quiet', '--message', 'The demo as it starts'], signal);
  await git(['clone', '--quiet', '--bare', tree, building], signal);
  await git(['-C', building, 'remote', 'remove', 'origin'], signal);
  await rm(tree, { recursive: true, force: true });
  // Whole or not at all: a start that was killed half-way begins again.
  await rename(building, bare);
}

/** The applications of the demo point at the repository that they come from. True when a file changed. */
async function replaceInApplications(appsDir: string, pattern: string | RegExp, url: string): Promise<boolean> {
  let changed = false;
  for (const name of existsSync(appsDir) ? await readdir(appsDir) : []) {
    const file = join(appsDir, name);
    const before = await readFile(file, 'utf8');
    const after = before.replaceAll(pattern, url);
    if (after !== before) await writeFile(file, after);
    changed ||= after !== before;
  }
  return changed;
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
