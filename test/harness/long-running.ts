import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';

export interface LongRunning {
  readonly output: () => string;
  /** Signals the whole group as Ctrl-C does; resolves when everybody has ended and closed the output. */
  interrupt(): Promise<void>;
}

/** Starts a command line that goes on running and waits until it has said that it is up. */
export function startLongRunning(
  command: string,
  options: { cwd: string; env: NodeJS.ProcessEnv; ready: RegExp },
): Promise<LongRunning> {
  const child: ChildProcess = spawn('/bin/sh', ['-c', command], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const running: LongRunning = {
    output: () => said,
    interrupt() {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, 'SIGINT');
      return closed;
    },
  };
  return new Promise((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (options.ready.test(said)) resolve(running);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    void closed.then(() => reject(new Error(`"${command}" ended: ${said}`)));
  });
}
