import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { WindlassError } from './errors.ts';

export interface ExecOptions {
  readonly cwd?: string;
  /** The whole environment of the child: nothing is inherited but what stands here. Default: PATH, HOME and LANG only. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Default 90 s. The process group gets TERM, then KILL two seconds later. */
  readonly timeoutMs?: number;
  /** Default 50 MB over standard output; standard error keeps its last 64 KB. */
  readonly maxOutputBytes?: number;
  /** Exit codes that are results, not failures. Default [0]. */
  readonly okCodes?: readonly number[];
  readonly clock?: Clock;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** What a child gets when the caller names no environment: nothing of ours leaks into it. */
export function minimalEnv(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', LANG: 'C.UTF-8' };
}

/**
 * Runs a program with an argument list (never a shell), its own process group, a deadline and an output limit.
 * Throws a WindlassError: EXEC_NOT_FOUND, EXEC_TIMEOUT, EXEC_OUTPUT_LIMIT, or EXEC_FAILED with the last of stderr.
 */
export function exec(program: string, args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const {
    cwd,
    env = minimalEnv(),
    input,
    signal,
    timeoutMs = 90_000,
    maxOutputBytes = 50 * 1024 * 1024,
    okCodes = [0],
    clock = systemClock,
  } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const child = spawn(program, [...args], {
      cwd,
      env: { ...env },
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      shell: false,
    });
    const stdout: Buffer[] = [];
    let stdoutBytes = 0;
    let stderr = '';
    let failure: Error | undefined;
    let cancelKill: (() => void) | undefined;

    const killGroup = (sig: NodeJS.Signals) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, sig);
      } catch {
        // The group is gone already.
      }
    };
    const stop = (error: Error) => {
      if (failure) return;
      failure = error;
      killGroup('SIGTERM');
      cancelKill = clock.after(2000, () => killGroup('SIGKILL'));
    };
    const onAbort = () => stop(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort, { once: true });
    const cancelTimeout = clock.after(timeoutMs, () =>
      stop(
        new WindlassError({
          code: 'EXEC_TIMEOUT',
          kind: 'DeadlineExceeded',
          message: `"${program}" did not finish within ${timeoutMs / 1000} s.`,
        }),
      ),
    );

    child.stdout.on('data', (chunk: Buffer) => {
      stdoutBytes += chunk.length;
      if (stdoutBytes > maxOutputBytes) {
        stop(
          new WindlassError({
            code: 'EXEC_OUTPUT_LIMIT',
            kind: 'ResourceExhausted',
            message: `"${program}" wrote more than ${maxOutputBytes} bytes.`,
            retry: 'never',
          }),
        );
      } else stdout.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-65_536);
    });
    child.stdin.on('error', () => undefined); // A child that does not read its input is no failure of ours.
    child.stdin.end(input);

    const finish = () => {
      cancelTimeout();
      cancelKill?.();
      signal?.removeEventListener('abort', onAbort);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      finish();
      const missing = error.code === 'ENOENT';
      reject(
        new WindlassError({
          code: missing ? 'EXEC_NOT_FOUND' : 'EXEC_FAILED',
          kind: missing ? 'FailedPrecondition' : 'Internal',
          message: missing
            ? `The program "${program}" was not found.`
            : `"${program}" could not be started: ${error.message}.`,
          ...(missing ? { hint: `Install "${program}" or configure its path.` } : {}),
          cause: error,
        }),
      );
    });
    child.on('close', (code) => {
      finish();
      // A grandchild that outlives the program would keep files and sockets open.
      killGroup('SIGKILL');
      if (failure) return reject(failure);
      const result: ExecResult = { code: code ?? -1, stdout: Buffer.concat(stdout), stderr };
      if (okCodes.includes(result.code)) return resolve(result);
      reject(new ExecFailed(program, args, result));
    });
  });
}

/** Thrown when a program ends with a code that is not among `okCodes`. `result` holds what it printed. */
export class ExecFailed extends WindlassError {
  readonly result: ExecResult;

  constructor(program: string, args: readonly string[], result: ExecResult) {
    const said = result.stderr.trim();
    super({
      code: 'EXEC_FAILED',
      kind: 'FailedPrecondition',
      message: `"${program} ${args[0] ?? ''}" failed with exit code ${result.code}${said ? `: ${said}` : ''}`,
      retry: 'later',
    });
    this.result = result;
  }
}

/** Reads a stream to its end as text, up to `limit` bytes. */
export async function readAll(stream: Readable, limit = 50 * 1024 * 1024): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit)
      throw new WindlassError({
        code: 'INPUT_TOO_LARGE',
        kind: 'ResourceExhausted',
        message: `Input is larger than ${limit} bytes.`,
        retry: 'never',
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
