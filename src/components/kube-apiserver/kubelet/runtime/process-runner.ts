import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { minimalEnv } from '#base/exec';
import type { Clock } from '#base/clock';
import type { ProcessState } from '../stages/container-facts.ts';
import { LogBuffer } from './log-buffer.ts';

export interface ProcessSpec {
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface RunningProcess {
  readonly log: LogBuffer;
  readonly state: ProcessState;
  readonly exitCode: number | undefined;
  /** The loopback port given to the process as PORT. */
  readonly port: number;
  /** TERM, then KILL after the grace period; resolves when it has ended. */
  stop(graceMs: number): Promise<void>;
}

const probeIntervalMs = 50;

/** Starts a local program in place of a container. `onChange` is called whenever its state or its log changes. */
export async function runProcess(clock: Clock, spec: ProcessSpec, onChange: () => void): Promise<RunningProcess> {
  const port = await freePort();
  const [program = '', ...args] = spec.command;
  const log = new LogBuffer();
  const child = spawn(program, args, {
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    env: { ...minimalEnv(), ...spec.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    shell: false,
  });
  let state: ProcessState = 'starting';
  let exitCode: number | undefined;
  const ended = new Promise<void>((resolve) => {
    const end = (code: number) => {
      if (exitCode !== undefined) return;
      exitCode = code;
      state = code === 0 ? 'succeeded' : 'failed';
      log.finish(clock.now());
      onChange();
      resolve();
    };
    child.on('error', (error) => {
      log.write(`${error.message}\n`, clock.now());
      end(127);
    });
    child.on('close', (code, signal) => end(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      log.write(chunk, clock.now());
      onChange();
    });
  }
  const becomeReady = () => {
    if (state !== 'starting') return;
    state = 'ready';
    onChange();
  };
  probeUntilOpen(clock, port, () => state === 'starting', becomeReady);
  return {
    log,
    port,
    get state() {
      return state;
    },
    get exitCode() {
      return exitCode;
    },
    stop: (graceMs) => stopGroup(clock, child, ended, graceMs),
  };
}

/** A process tells nobody that it listens: asking is the only way, as a kubelet's probe does. */
function probeUntilOpen(clock: Clock, port: number, isWanted: () => boolean, onOpen: () => void): void {
  if (!isWanted()) return;
  const socket = connect({ host: '127.0.0.1', port });
  socket.once('connect', () => {
    socket.destroy();
    onOpen();
  });
  socket.once('error', () => {
    socket.destroy();
    clock.after(probeIntervalMs, () => probeUntilOpen(clock, port, isWanted, onOpen));
  });
}

async function stopGroup(clock: Clock, child: ChildProcess, ended: Promise<void>, graceMs: number): Promise<void> {
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The group has ended already.
    }
  };
  signalGroup('SIGTERM');
  const cancel = clock.after(graceMs, () => signalGroup('SIGKILL'));
  await ended;
  cancel();
  // Whatever the program itself has started goes with it.
  signalGroup('SIGKILL');
}

/** A loopback port that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
