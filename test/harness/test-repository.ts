import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { exec } from '#base/exec';

export type FileContent =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly executable?: boolean }
  | { readonly symlink: string }
  | { readonly submodule: string };

/** Paths with their content; null removes. */
export type Files = Readonly<Record<string, FileContent | null>>;

export interface CommitOptions {
  readonly branch?: string;
  readonly author?: string;
  /** Start from nothing instead of from the branch's last commit. */
  readonly orphan?: boolean;
}

/** A bare repository that tests write to: one process per commit, no worktree. */
export interface TestRepository {
  readonly dir: string;
  readonly name: string;
  /** Adds a commit to a branch (default `main`); its SHA. */
  commit(files: Files, message?: string, options?: CommitOptions): Promise<string>;
  /** Commits all files below a directory of this machine. */
  commitDirectory(dir: string, message?: string): Promise<string>;
  tag(name: string, revision?: string, options?: { readonly annotated?: boolean }): Promise<void>;
  branch(name: string, revision?: string): Promise<void>;
  deleteRef(ref: string): Promise<void>;
  /** Runs Git in the repository; what it printed, trimmed. */
  git(...args: string[]): Promise<string>;
}

const env = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Test Author',
  GIT_AUTHOR_EMAIL: 'author@example.com',
  GIT_COMMITTER_NAME: 'Test Author',
  GIT_COMMITTER_EMAIL: 'author@example.com',
};

/** Commits are a minute apart, so that the same files give the same SHAs. */
const firstCommitSeconds = 1_767_225_600;

export async function createTestRepository(dir: string, name: string, files?: Files): Promise<TestRepository> {
  await mkdir(dir, { recursive: true });
  const git = async (...args: string[]) => {
    const { stdout } = await exec('git', ['--git-dir', dir, ...args], { env });
    return stdout.toString('utf8').trim();
  };
  let seconds = firstCommitSeconds;
  await git('init', '--bare', '--quiet', '--initial-branch=main');
  await git('config', 'http.receivepack', 'true');
  const commit: TestRepository['commit'] = async (changes, message = 'A change', options = {}) => {
    const { branch = 'main', orphan = false } = options;
    const ref = `refs/heads/${branch}`;
    const parent = orphan ? '' : await git('rev-parse', '--verify', '--quiet', ref).catch(() => '');
    const input = fastImport({
      ref,
      parent,
      message,
      files: changes,
      author: options.author,
      seconds: (seconds += 60),
    });
    await exec('git', ['--git-dir', dir, 'fast-import', '--quiet', '--force'], { env, input });
    return (await readFile(join(dir, ref), 'utf8')).trim();
  };
  const repository: TestRepository = {
    dir,
    name,
    commit,
    git,
    commitDirectory: async (from, message) => commit(await readDirectory(from), message),
    async tag(tagName, revision = 'main', { annotated = false } = {}) {
      await git('tag', ...(annotated ? ['-a', '-m', tagName] : []), tagName, revision);
    },
    branch: async (branchName, revision = 'main') => void (await git('branch', '--force', branchName, revision)),
    deleteRef: async (ref) => void (await git('update-ref', '-d', ref)),
  };
  if (files) await commit(files, 'First');
  return repository;
}

/** What stands in Git for content in Large File Storage. */
export function lfsPointer(content: string | Uint8Array): { oid: string; pointer: string } {
  const oid = createHash('sha256').update(content).digest('hex');
  const size = Buffer.byteLength(content);
  return { oid, pointer: `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n` };
}

interface Import {
  readonly ref: string;
  readonly parent: string;
  readonly message: string;
  readonly files: Files;
  readonly author: string | undefined;
  readonly seconds: number;
}

function fastImport({
  ref,
  parent,
  message,
  files,
  seconds,
  author = 'Test Author <author@example.com>',
}: Import): Buffer {
  const parts: (string | Uint8Array)[] = [];
  const data = (content: string | Uint8Array) => parts.push(`data ${Buffer.byteLength(content)}\n`, content, '\n');
  const when = `${seconds} +0000`;
  parts.push(`commit ${ref}\nauthor ${author} ${when}\ncommitter ${author} ${when}\n`);
  data(message);
  if (parent) parts.push(`from ${parent}\n`);
  // Removals first, so that a file may become a directory in one commit.
  for (const [path, content] of Object.entries(files)) if (content === null) parts.push(`D ${quotePath(path)}\n`);
  for (const [path, content] of Object.entries(files)) {
    if (content === null) continue;
    const name = quotePath(path);
    if (typeof content === 'string' || content instanceof Uint8Array) {
      parts.push(`M 100644 inline ${name}\n`);
      data(content);
    } else if ('symlink' in content) {
      parts.push(`M 120000 inline ${name}\n`);
      data(content.symlink);
    } else if ('submodule' in content) parts.push(`M 160000 ${content.submodule} ${name}\n`);
    else {
      parts.push(`M ${content.executable ? '100755' : '100644'} inline ${name}\n`);
      data(content.content);
    }
  }
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)));
}

function quotePath(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

async function readDirectory(root: string): Promise<Files> {
  const files: Record<string, FileContent> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if (relative(root, path).split('/').includes('.git')) continue;
    const executable = ((await stat(path)).mode & 0o100) !== 0;
    files[relative(root, path)] = { content: await readFile(path), executable };
  }
  return files;
}
