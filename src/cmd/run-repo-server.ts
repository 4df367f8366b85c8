import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '#base/clock';
import { createRegistry } from '#base/metrics';
import type { Invocation } from '#components/cli';
import { repoServerContract } from '#core/contracts';
import { serveHttp } from '#libs/rpc';
import { startRepoServer } from './repo-server.ts';
import { waitForAbort } from './wait-for-abort.ts';
import { dataDirOf, loggerOf, readToken } from './commands/component-options.ts';

/** Serves the repo-server on a unix socket until the signal aborts. */
export async function runRepoServer(invocation: Invocation): Promise<void> {
  const { flags, signal, terminal } = invocation;
  const token = await readToken(flags.text('token-file'), 'token-file');
  const dataDir = dataDirOf(invocation);
  const log = loggerOf(invocation);
  const socket = flags.text('socket') ?? join(dataDir, 'run', 'repo-server.sock');
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
  await chmod(dirname(socket), 0o700);
  const server = startRepoServer({
    cacheDir: join(dataDir, 'cache'),
    manifestsDir: join(dataDir, 'manifests'),
    clock: systemClock,
    log,
    metrics: createRegistry(),
  });
  const rpc = await serveHttp(repoServerContract, server.handlers, {
    listen: { socket },
    token,
    clock: systemClock,
    log,
  });
  terminal.printLine(`repo-server at ${rpc.address}`);
  await waitForAbort(signal);
  await rpc.close();
  await server.close();
}
