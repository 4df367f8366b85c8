import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { createRegistry } from '#base/metrics';
import { createRepoServer } from '#components/repo-server';
import type { RepoServer } from '#core/contracts';
import { createGitStore } from '#libs/git';
import { createRegistryClient } from '#libs/registry';
import { createManifestStore } from '#services/manifest-store';

/** A renderer of the command line's own, for `app diff` and `app manifests`: it shares no state with a running server. */
export function connectRepoServer(): Promise<RepoServer> {
  const dir = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'windlass');
  const common = { clock: systemClock, log: silentLogger };
  const repoServer = createRepoServer({
    ...common,
    gitStore: createGitStore({ ...common, dir: join(dir, 'git') }),
    registry: createRegistryClient({ clock: systemClock }),
    manifestStore: createManifestStore({ dir: join(dir, 'manifests'), clock: systemClock }),
    dataDir: join(dir, 'repo-server'),
    metrics: createRegistry(),
  });
  return Promise.resolve(repoServer.client);
}
