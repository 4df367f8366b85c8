import { WindlassError } from '#base/errors';
import { defineCommand } from '../../program/command-definition.ts';
import { findDataDir } from '../../session/connection-source.ts';
import { findUpProcess, isRunning } from '../../session/up-status.ts';

/** A process that is no child of ours cannot be watched: it is looked at this often. */
const lookMs = 50;

export const down = defineCommand({
  name: 'down',
  summary: 'Stop a running "windlass up"',
  description:
    'Stops the process that holds the data directory and waits until it has ended. State is kept: the next start goes on.',
  isNative: true,
  isLocal: true,
  options: [
    {
      name: 'data-dir',
      type: 'string',
      summary: 'Data directory of "windlass up" (default: .windlass here or above)',
      complete: 'directory',
    },
    { name: 'timeout', type: 'integer', summary: 'Give up after this many seconds', default: '20' },
  ],
  examples: ['windlass down', 'windlass down --data-dir /var/lib/windlass'],
  async run({ flags, env, cwd, terminal, clock, signal }) {
    const dataDir = findDataDir({ flags, env, cwd });
    const pid = dataDir === undefined ? undefined : findUpProcess(dataDir, clock.now());
    if (dataDir === undefined || pid === undefined) {
      terminal.printLine(dataDir === undefined ? 'Nothing runs here.' : `Nothing runs in "${dataDir}".`);
      return;
    }
    process.kill(pid, 'SIGTERM');
    const timeoutMs = (flags.integer('timeout') ?? 20) * 1000;
    const end = clock.monotonic() + timeoutMs;
    while (isRunning(pid)) {
      if (clock.monotonic() > end) throw stillRunning(pid, timeoutMs);
      await clock.sleep(lookMs, signal);
    }
    terminal.printLine(`Stopped (process ${pid}). State is kept in "${dataDir}".`);
  },
});

function stillRunning(pid: number, timeoutMs: number): WindlassError {
  return new WindlassError({
    code: 'STILL_RUNNING',
    kind: 'DeadlineExceeded',
    message: `Process ${pid} has not ended within ${timeoutMs / 1000} s.`,
    hint: `Wait a little longer with --timeout, or end it with "kill -9 ${pid}": no state is lost.`,
  });
}
