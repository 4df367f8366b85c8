import type { Clock } from '#base/clock';
import { exec } from '#base/exec';
import type { ExecResult } from '#base/exec';

/** What every call of Git needs to know about its surroundings. */
export interface GitProgram {
  readonly gitPath: string;
  readonly clock: Clock;
  /** Empty directory of ours that stands in for HOME. */
  readonly home: string;
}

export interface GitCall {
  readonly gitDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  readonly okCodes?: readonly number[];
  /** Schemes that this call may use, colon-separated. Default: none. */
  readonly protocols?: string;
}

/** Old, harmless blemishes that well-known repositories carry in their history; everything else fails the check. */
const toleratedBlemishes = ['zeroPaddedFilemode', 'missingSpaceBeforeDate', 'badTimezone', 'zeroPaddedDate'];

/** The environment of every Git process: nothing inherited, no configuration but ours (`safety.md` §3). */
export function gitEnv(program: GitProgram, call: Pick<GitCall, 'env' | 'protocols'> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: program.home,
    LANG: 'C',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_ALLOW_PROTOCOL: call.protocols ?? '',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_OPTIONAL_LOCKS: '0',
    ...call.env,
  };
}

/** The options that stand before every subcommand: no hooks, no helpers, no redirects, objects checked. */
export function gitArgs(call: Pick<GitCall, 'gitDir' | 'protocols'> = {}): string[] {
  const protocols = (call.protocols ?? '').split(':').filter(Boolean);
  const settings = [
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.symlinks=false',
    'protocol.version=2',
    'protocol.allow=never',
    ...protocols.map((name) => `protocol.${name}.allow=always`),
    'submodule.recurse=false',
    'transfer.fsckObjects=true',
    ...toleratedBlemishes.map((id) => `fetch.fsck.${id}=warn`),
    // Always a pack, so that what arrives can be installed in one step.
    'fetch.unpackLimit=1',
    'http.followRedirects=false',
    'credential.helper=',
    'gc.auto=0',
    'maintenance.auto=false',
  ];
  return [...(call.gitDir ? [`--git-dir=${call.gitDir}`] : []), ...settings.flatMap((setting) => ['-c', setting])];
}

/** The argument of `index-pack --strict` that keeps to the same tolerance as `fetch`. */
export const strictObjects = `--strict=${toleratedBlemishes.map((id) => `${id.toLowerCase()}=warn`).join(',')}`;

/** Runs one hardened Git command to its end. */
export function runGit(program: GitProgram, args: readonly string[], call: GitCall = {}): Promise<ExecResult> {
  const { signal, input, timeoutMs, okCodes } = call;
  return exec(program.gitPath, [...gitArgs(call), ...args], {
    env: gitEnv(program, call),
    clock: program.clock,
    cwd: program.home,
    ...(signal ? { signal } : {}),
    ...(input === undefined ? {} : { input }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(okCodes ? { okCodes } : {}),
  });
}
