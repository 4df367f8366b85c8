import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { WindlassError } from '#base/errors';
import { gitArgs, gitEnv, strictObjects } from './git-command.ts';
import type { GitProgram } from './git-command.ts';
import type { QuarantineEnv } from './quarantine.ts';

export interface IndexPackCall {
  readonly program: GitProgram;
  readonly gitDir: string;
  readonly env: QuarantineEnv;
  readonly pack: AsyncIterable<Buffer>;
  readonly signal?: AbortSignal | undefined;
}

const almostFullBytes = 16 * 1024 * 1024;

/**
 * Streams a pack into `git index-pack`, which checks every object and every link (`safety.md` §3). Throws
 * GIT_PACK_INVALID, GIT_DISK_FULL, GIT_MIRROR_BROKEN, and whatever the stream throws.
 */
export async function indexPack({ program, gitDir, env, pack, signal }: IndexPackCall): Promise<void> {
  const args = [...gitArgs({ gitDir }), 'index-pack', '--stdin', '--fix-thin', strictObjects];
  const child = spawn(program.gitPath, args, { env: gitEnv(program, { env }), cwd: program.home });
  let stderr = '';
  child.stdout.resume();
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString('utf8')).slice(-4096)));
  child.stdin.on('error', () => undefined);
  let outcome: number | Error | undefined;
  const closed = new Promise<void>((resolve) => {
    const finish = (result: number | Error) => {
      outcome ??= result;
      resolve();
    };
    child.once('close', (code) => finish(code ?? -1));
    child.once('error', finish);
  });
  const kill = () => void child.kill('SIGTERM');
  signal?.addEventListener('abort', kill, { once: true });
  try {
    for await (const bytes of pack) {
      // A process that is gone will not read the rest: there is no point in fetching it.
      if (outcome !== undefined) break;
      if (!child.stdin.write(bytes)) await Promise.race([once(child.stdin, 'drain').catch(() => undefined), closed]);
    }
    child.stdin.end();
  } catch (error) {
    kill();
    await closed;
    throw error;
  } finally {
    signal?.removeEventListener('abort', kill);
  }
  await closed;
  signal?.throwIfAborted();
  if (outcome !== 0) throw await failure(gitDir, outcome, stderr.trim());
}

async function failure(gitDir: string, outcome: number | Error | undefined, said: string): Promise<WindlassError> {
  if (outcome instanceof Error) {
    const message = 'Git could not be started to store what was fetched.';
    return new WindlassError({ code: 'GIT_MIRROR_BROKEN', kind: 'Internal', message, cause: outcome });
  }
  const { bavail, bsize } = await statfs(gitDir);
  return bavail * bsize < almostFullBytes ? diskFull(said) : packRefused(said);
}

function diskFull(said: string): WindlassError {
  return new WindlassError({
    code: 'GIT_DISK_FULL',
    kind: 'ResourceExhausted',
    message: 'There is no space left to store what was fetched from the Git repository.',
    hint: 'Make space on the volume of the data directory, or give it a larger one.',
    cause: said,
  });
}

function packRefused(said: string): WindlassError {
  // Only the object and the name of the check: the rest may quote what stands in the repository.
  const [, object, check] = /object ([0-9a-f]{40}): (\w+)/.exec(said) ?? [];
  return new WindlassError({
    code: 'GIT_PACK_INVALID',
    kind: 'Unavailable',
    message: `The objects that the Git server sent were refused${check ? `: ${check} in object "${object}"` : ''}.`,
    hint: 'Run "git fsck" on the repository and correct what it reports.',
    cause: said,
  });
}
