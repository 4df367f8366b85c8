import type { Clock } from '#base/clock';
import { execConfined } from '#base/confinement';
import type { Confinement } from '#base/confinement';
import { WindlassError } from '#base/errors';
import { ExecFailed } from '#base/exec';
import { findOnPath, isExecutable } from '#base/program';
import type { FileDigests, Program } from '#base/program';

/** The Jsonnet evaluator: the configured path, else PATH. Throws JSONNET_NOT_FOUND. */
export async function findJsonnet({
  path,
  digests,
}: {
  readonly path?: string | undefined;
  readonly digests: FileDigests;
}): Promise<Program> {
  const found = path ?? (await findOnPath(['jsonnet', 'go-jsonnet']));
  if (found === undefined || !(await isExecutable(found))) throw jsonnetNotFound(path);
  return { path: found, digest: await digests.digest(found) };
}

export interface JsonnetVariable {
  readonly name: string;
  readonly value: string;
  /** The value is Jsonnet, not text. */
  readonly code: boolean;
}

export interface JsonnetRun {
  readonly program: Program;
  readonly confinement: Confinement;
  readonly clock: Clock;
  /** A directory that holds the file and everything it imports, and nothing else. */
  readonly root: string;
  readonly signal?: AbortSignal;
  readonly onStart?: () => void;
}

/** The JSON that a file below `root` evaluates to. Throws JSONNET_FAILED with what the evaluator said. */
export async function runJsonnet(
  run: JsonnetRun,
  input: {
    readonly file: string;
    /** Directories below `root`, the first one is searched first. */
    readonly libraries: readonly string[];
    readonly extVars: readonly JsonnetVariable[];
    readonly tlas: readonly JsonnetVariable[];
  },
): Promise<string> {
  const variables = (flag: string, list: readonly JsonnetVariable[]) =>
    list.flatMap(({ name, value, code }) => [`--${flag}-${code ? 'code' : 'str'}`, `${name}=${value}`]);
  const args = [
    // The evaluator searches the last one first.
    ...input.libraries.toReversed().flatMap((library) => ['-J', library === '' ? '.' : library]),
    ...variables('ext', input.extVars),
    ...variables('tla', input.tlas),
    '--',
    input.file,
  ];
  run.onStart?.();
  try {
    const { stdout } = await execConfined(run.confinement, run.program.path, args, {
      cwd: run.root,
      env: { PATH: '/usr/bin:/bin', HOME: run.root, LANG: 'C.UTF-8' },
      clock: run.clock,
      timeoutMs: 30_000,
      limits: { maxAddressBytes: 4 * 1024 ** 3, maxCpuSeconds: 30 },
      ...(run.signal ? { signal: run.signal } : {}),
    });
    return stdout.toString('utf8');
  } catch (error) {
    if (!(error instanceof ExecFailed)) throw error;
    throw jsonnetFailed(error, input.file);
  }
}

export async function jsonnetVersion(run: Omit<JsonnetRun, 'root'>): Promise<string | undefined> {
  const { stdout } = await execConfined(run.confinement, run.program.path, ['--version'], { clock: run.clock });
  return /v?\d+\.\d+\.\d+/.exec(stdout.toString('utf8'))?.[0];
}

function jsonnetFailed(error: ExecFailed, file: string): WindlassError {
  const line = Number(/:(\d+):/.exec(error.result.stderr)?.[1]);
  return new WindlassError({
    code: 'JSONNET_FAILED',
    kind: 'InvalidInput',
    message: `Failed to evaluate "${file}": ${error.result.stderr.trim()}`,
    hint: 'Correct the Jsonnet file, or the external variables and arguments of the source.',
    at: { file, ...(Number.isInteger(line) ? { line } : {}) },
    cause: error,
  });
}

function jsonnetNotFound(path: string | undefined): WindlassError {
  return new WindlassError({
    code: 'JSONNET_NOT_FOUND',
    kind: 'FailedPrecondition',
    message:
      path === undefined
        ? 'A Jsonnet evaluator is needed and none was found on PATH.'
        : `The configured Jsonnet evaluator "${path}" is not executable.`,
    hint: 'Install "jsonnet" or "go-jsonnet" (Debian: apt-get install jsonnet; macOS: brew install go-jsonnet) and start again.',
  });
}
