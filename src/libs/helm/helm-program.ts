import type { Clock } from '#base/clock';
import { ExecFailed } from '#base/exec';
import { execConfined } from '#base/confinement';
import type { Confinement } from '#base/confinement';
import { WindlassError } from '#base/errors';
import { findOnPath, isExecutable } from '#base/program';
import type { FileDigests, Program } from '#base/program';
import { buildTemplateArgs } from './build-template-args.ts';
import type { TemplateOptions } from './build-template-args.ts';
import { layerProgram } from './kubectl-layer.ts';

export interface FindToolOptions {
  /** A configured path: nothing else is tried when it is given. */
  readonly path?: string | undefined;
  /** Where programs out of npm packages are unpacked. */
  readonly dir: string;
  readonly digests: FileDigests;
}

/** Helm: the configured path, else PATH, else the npm package's. Throws HELM_NOT_FOUND. */
export async function findHelm({ path, dir, digests }: FindToolOptions): Promise<Program> {
  const found =
    path === undefined ? ((await findOnPath(['helm'])) ?? (await layerProgram('helm', dir, digests))) : path;
  if (found === undefined || !(await isExecutable(found))) throw helmNotFound(path);
  return { path: found, digest: await digests.digest(found) };
}

export interface HelmRun {
  readonly program: Program;
  readonly confinement: Confinement;
  readonly clock: Clock;
  /** An empty directory that Helm may take for its home. */
  readonly home: string;
  readonly signal?: AbortSignal;
  /** Counts starts of the program. */
  readonly onStart?: () => void;
}

/** What `helm template` prints for a chart directory. Throws HELM_TEMPLATE_FAILED with what Helm said. */
export async function runHelmTemplate(run: HelmRun, chartDir: string, options: TemplateOptions): Promise<string> {
  const args = buildTemplateArgs(options);
  run.onStart?.();
  try {
    const { stdout } = await execConfined(run.confinement, run.program.path, args, {
      cwd: chartDir,
      env: helmEnv(run.home),
      clock: run.clock,
      ...(run.signal ? { signal: run.signal } : {}),
    });
    return stdout.toString('utf8');
  } catch (error) {
    if (!(error instanceof ExecFailed)) throw error;
    throw templateFailed(error, args);
  }
}

export async function helmVersion(run: HelmRun): Promise<string> {
  const { stdout } = await execConfined(run.confinement, run.program.path, ['version', '--template', '{{.Version}}'], {
    env: helmEnv(run.home),
    clock: run.clock,
  });
  return stdout.toString('utf8').trim();
}

/** The command as people read it: API versions are many and say little. */
export function describeTemplateCommand(options: TemplateOptions): string {
  return ['helm', ...buildTemplateArgs({ ...options, apiVersions: [] })].map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Nothing of the machine's own Helm set-up takes part. */
function helmEnv(home: string): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    HELM_CACHE_HOME: `${home}/cache`,
    HELM_CONFIG_HOME: `${home}/config`,
    HELM_DATA_HOME: `${home}/data`,
    HELM_PLUGINS: `${home}/plugins`,
    KUBECONFIG: '/dev/null',
  };
}

function templateFailed(error: ExecFailed, args: readonly string[]): WindlassError {
  const said = error.result.stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(level=|walk\.go|coalesce\.go|time=)/.test(line))
    .join('\n')
    .replace(/\n?Use --debug flag to render out invalid YAML$/, '');
  const release = args[args.indexOf('--name-template') + 1];
  return new WindlassError({
    code: 'HELM_TEMPLATE_FAILED',
    kind: 'InvalidInput',
    message: `failed to execute helm template command: helm template . --name-template ${release} failed exit status ${error.result.code}: ${said}`,
    hint: 'Run "helm template" on the chart with the same values, and correct what it names.',
    cause: error,
  });
}

function helmNotFound(path: string | undefined): WindlassError {
  return new WindlassError({
    code: 'HELM_NOT_FOUND',
    kind: 'FailedPrecondition',
    message:
      path === undefined
        ? 'The program "helm" was not found.'
        : `The configured Helm program "${path}" is not executable.`,
    hint: 'Install Helm and put it on PATH, or configure its path.',
  });
}
