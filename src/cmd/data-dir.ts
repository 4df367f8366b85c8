import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WindlassError } from '#base/errors';

/** Where a process keeps its state; everything in it but `demo/` is Windlass' own. */
export interface DataDir {
  readonly path: string;
  readonly kubeconfig: string;
  /** The embedded cluster's objects. */
  readonly cluster: string;
  /** Bare repositories that the process serves. */
  readonly git: string;
  /** The demo's clone, for the user to edit. */
  readonly demo: string;
  /** Mirrors, trees, unpacked tools: all can be fetched again. */
  readonly cache: string;
  /** Rendered manifests of deployments: rollback needs them. */
  readonly manifests: string;
  readonly status: string;
  release(): void;
}

/** Makes the directory and takes it for this process. Throws DATA_DIR_IN_USE when another process runs in it. */
export function openDataDir(path: string): DataDir {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const pidFile = join(path, 'windlass.pid');
  const owner = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : Number.NaN;
  if (Number.isInteger(owner) && owner !== process.pid && isRunning(owner)) {
    throw new WindlassError({
      code: 'DATA_DIR_IN_USE',
      kind: 'FailedPrecondition',
      message: `Windlass runs already in "${path}" (process ${owner}).`,
      hint: 'Stop it with "windlass down", or give this one another --data-dir.',
    });
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return {
    path,
    kubeconfig: join(path, 'kubeconfig'),
    cluster: join(path, 'cluster'),
    git: join(path, 'git'),
    demo: join(path, 'demo'),
    cache: join(path, 'cache'),
    manifests: join(path, 'manifests'),
    status: join(path, 'status.json'),
    release: () => rmSync(pidFile, { force: true }),
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
