import type { Clock } from '#base/clock';
import { toWindlassError, WindlassError } from '#base/errors';
import type { RepoServer } from '#core/contracts';
import type { ClusterConnection, KubeClient } from '#libs/kube';
import { buildTree } from './commands/registry.ts';
import type { CommandDefinition } from './program/command-definition.ts';
import type { CommandTree } from './program/command-tree.ts';
import { exitCodeOf } from './program/exit-code.ts';
import { globalFlags } from './program/global-flags.ts';
import type { Environment, Invocation, ProgramName } from './program/invocation.ts';
import { findGroup, locateCommand, own } from './program/locate-command.ts';
import type { Location } from './program/locate-command.ts';
import { parseArguments } from './program/parse-arguments.ts';
import { refuseServerFlags } from './program/refuse-server-flags.ts';
import { renderCommandHelp, renderGroupHelp, renderRootHelp } from './program/render-help.ts';
import { reportError } from './program/report-error.ts';
import { splitWords } from './program/split-words.ts';
import { suggest } from './program/suggest.ts';
import { Terminal } from './program/terminal.ts';
import type { OutputStream, StreamTerminals } from './program/terminal.ts';
import type { Session } from './session/session.ts';

export interface ProgramOptions {
  readonly programName: ProgramName;
  /** The product's version, e.g. `0.1.0`. */
  readonly version: string;
  /** Commands of the composition root, such as `up`. */
  readonly up?: readonly CommandDefinition[];
  readonly env: Environment;
  readonly cwd: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Whether people look at the streams: all alike, or one by one. */
  readonly isTerminal: boolean | StreamTerminals;
  readonly clock: Clock;
  /** Aborted when the user interrupts. */
  readonly signal?: AbortSignal;
  /** What renders sources for `app diff` and `app manifests`; without it those say that it is missing. */
  readonly connectRepoServer?: (session: Session) => Promise<RepoServer>;
  /** Makes a client of a connection. Default: over HTTPS. */
  readonly connect?: (connection: ClusterConnection) => KubeClient;
}

export interface Program {
  /** Runs one command line (without interpreter and script) and answers the exit code. Never throws, never exits. */
  run(argv: readonly string[]): Promise<number>;
}

/** The command line: finds the command, reads its flags, runs it, reports what went wrong. */
export function createProgram(options: ProgramOptions): Program {
  const { isTerminal } = options;
  const streams =
    typeof isTerminal === 'boolean' ? { stdin: isTerminal, stdout: isTerminal, stderr: isTerminal } : isTerminal;
  const terminal = new Terminal({ ...options, isTerminal: streams });
  const tree = buildTree(options.programName, options.up ?? []);
  return { run: (argv) => runProgram({ options, terminal, tree }, argv) };
}

interface Context {
  readonly options: ProgramOptions;
  readonly terminal: Terminal;
  readonly tree: CommandTree;
}

async function runProgram(context: Context, argv: readonly string[]): Promise<number> {
  const location = locateCommand(argv, context.tree, globalFlags);
  switch (location.type) {
    case 'command':
      return runCommand(context, location);
    case 'help':
      return showHelp(context, location.path);
    case 'group':
      return showGroup(context, location);
    default:
      return showRoot(context, location.unknown);
  }
}

async function runCommand(
  context: Context,
  { path, load, rest }: Extract<Location, { type: 'command' }>,
): Promise<number> {
  const { options, terminal } = context;
  const { programName, clock, env } = options;
  const definition = await load();
  const globals = definition.isLocal === true ? [] : globalFlags;
  const words = [programName, ...path];
  let session: Promise<Session> | undefined;
  let logFormat: string | undefined;
  try {
    const parsed = parseArguments(definition, globals, [...environmentArguments(env, definition), ...rest]);
    if (parsed.type === 'help') {
      terminal.print(renderCommandHelp(definition, words, globals));
      return 0;
    }
    const { args, flags } = parsed;
    logFormat = flags.has('logformat') ? flags.text('logformat') : undefined;
    if (definition.isLocal !== true) refuseServerFlags(flags, programName, env);
    const invocation: Invocation = {
      program: programName,
      args,
      flags,
      terminal,
      env,
      cwd: options.cwd,
      clock,
      signal: options.signal ?? new AbortController().signal,
      version: options.version,
      tree: context.tree,
      session: () => (session ??= openSession(options, invocation)),
    };
    return (await definition.run(invocation)) ?? 0;
  } catch (error) {
    const failure = options.signal?.aborted === true ? interrupted(error) : toWindlassError(error);
    return fail(context, failure, { definition, words, logFormat });
  } finally {
    await closeSession(session);
  }
}

/** What an interrupt breaks off says so itself, where it has something to say. */
function interrupted(error: unknown): WindlassError {
  const failure = toWindlassError(error);
  if (failure.code === 'INTERRUPTED') return failure;
  return new WindlassError({ code: 'INTERRUPTED', kind: 'Cancelled', message: 'Interrupted.', cause: error });
}

interface FailedCommand {
  readonly definition: CommandDefinition;
  readonly words: readonly string[];
  readonly logFormat: string | undefined;
}

function fail({ options, terminal }: Context, error: WindlassError, command: FailedCommand): number {
  const { definition, words, logFormat } = command;
  reportError(error, { program: options.programName, terminal, clock: options.clock, logFormat });
  // Argo CD shows the help beside a wrong number of arguments (`compatibility.md` m).
  if (error.code === 'USAGE' && options.programName === 'argocd') {
    terminal.print(renderCommandHelp(definition, words, definition.isLocal === true ? [] : globalFlags));
  }
  return exitCodeOf(error, definition.isNative === true);
}

async function openSession(options: ProgramOptions, invocation: Invocation): Promise<Session> {
  // Loaded late: what never connects starts in a fraction of the time.
  const { openCoreSession } = await import('./session/core/core-session.ts');
  const { createKubeClient } = await import('#libs/kube');
  return openCoreSession(invocation, {
    connect: options.connect ?? ((connection) => createKubeClient(connection, { clock: options.clock })),
    ...(options.connectRepoServer === undefined ? {} : { connectRepoServer: options.connectRepoServer }),
  });
}

async function closeSession(session: Promise<Session> | undefined): Promise<void> {
  // A session that could not be opened was reported already.
  const opened = await session?.catch(() => undefined);
  await opened?.close();
}

/** ARGOCD_OPTS holds flags that explicit ones override (`compatibility.md` m). */
function environmentArguments(env: Environment, definition: CommandDefinition): readonly string[] {
  return definition.isLocal === true ? [] : splitWords(env['ARGOCD_OPTS'] ?? '');
}

async function showHelp(context: Context, [noun, verb]: readonly string[]): Promise<number> {
  const { tree, terminal, options } = context;
  if (noun === undefined) return showRoot(context, undefined);
  const group = findGroup(tree, noun);
  const load = group && verb !== undefined ? own(group.commands, verb) : own(tree.commands, noun);
  if (load) {
    const definition = await load();
    const path = [options.programName, ...(group ? [group.name] : []), definition.name];
    terminal.print(renderCommandHelp(definition, path, definition.isLocal === true ? [] : globalFlags));
    return 0;
  }
  return group
    ? showGroup(context, { type: 'group', group, ...(verb === undefined ? {} : { unknown: verb }) })
    : showRoot(context, noun);
}

async function showGroup(context: Context, { group, unknown }: Extract<Location, { type: 'group' }>): Promise<number> {
  const { terminal, options } = context;
  // As recorded from Argo CD: help on standard output, exit code 1.
  if (unknown === undefined || options.programName === 'argocd') {
    terminal.print(await renderGroupHelp(group, options.programName));
    return unknown === undefined ? 0 : 1;
  }
  return reportUnknown(context, `${group.name} ${unknown}`, suggest(unknown, Object.keys(group.commands)), group.name);
}

async function showRoot(context: Context, unknown: string | undefined): Promise<number> {
  const { tree, terminal, options } = context;
  if (unknown === undefined) {
    terminal.print(await renderRootHelp(tree, options.programName));
    return 0;
  }
  const names = [...tree.groups.map(({ name }) => name), ...Object.keys(tree.commands)];
  return reportUnknown(context, unknown, suggest(unknown, names), '');
}

function reportUnknown({ terminal, options }: Context, what: string, near: string | undefined, group: string): number {
  const name = options.programName;
  const parent = group === '' ? name : `${name} ${group}`;
  terminal.note(`${terminal.styleNote(['red', 'bold'], 'error:')} There is no command "${what}".`);
  terminal.note(
    `${terminal.styleNote('bold', 'try:')} ${near === undefined ? `${parent} --help` : `${parent} ${near}`}`,
  );
  return name === 'argocd' ? 1 : 2;
}
