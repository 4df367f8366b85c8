import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { createRegistry } from '#base/metrics';
import type { RepoServer } from '#core/contracts';
import { startRepoServer } from './repo-server.ts';

/** A renderer of the command line's own, for `app diff` and `app manifests`: it shares no state with a running server. */
export function connectRepoServer(): Promise<RepoServer> {
  const dir = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'windlass');
  const { client } = startRepoServer({
    cacheDir: dir,
    manifestsDir: join(dir, 'manifests'),
    clock: systemClock,
    log: silentLogger,
    metrics: createRegistry(),
  });
  return Promise.resolve(client);
}
