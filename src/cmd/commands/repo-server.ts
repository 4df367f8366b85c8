import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '#base/clock';
import { createRegistry } from '#base/metrics';
import { defineCommand } from '#components/cli';
import { repoServerContract } from '#core/contracts';
import { serveHttp } from '#libs/rpc';
import { startRepoServer } from '../repo-server.ts';
import { waitForAbort } from '../wait-for-abort.ts';
import { componentOptions, dataDirOf, loggerOf, readToken } from './component-options.ts';

export const repoServer = defineCommand({
  name: 'repo-server',
  summary: 'Run the repo-server alone: it turns sources into objects for a controller',
  description:
    'Listens on a unix socket in a private directory; callers show the token. It holds no cluster credentials.',
  isNative: true,
  isLocal: true,
  options: [
    {
      name: 'socket',
      type: 'string',
      summary: 'Path of the socket (<data-dir>/run/repo-server.sock)',
      complete: 'file',
    },
    { name: 'token-file', type: 'string', summary: 'File with the token that callers must show', complete: 'file' },
    ...componentOptions,
  ],
  examples: ['windlass repo-server --token-file token'],
  async run(invocation) {
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
  },
});
