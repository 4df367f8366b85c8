import { join } from 'node:path';
import { systemClock } from '#base/clock';
import { createRegistry } from '#base/metrics';
import { createApplicationController } from '#components/application-controller';
import type { Invocation } from '#components/cli';
import { repoServerContract } from '#core/contracts';
import { createKubeClient, inClusterConnection, loadKubeconfig } from '#libs/kube';
import { connectHttp } from '#libs/rpc';
import { WindlassError } from '#base/errors';
import { createManifestStore } from '#services/manifest-store';
import { processIdentity } from './process-identity.ts';
import { version } from './version.ts';
import { dataDirOf, loggerOf, readToken } from './commands/component-options.ts';

/** Runs the application controller until the signal aborts. */
export async function runApplicationController(invocation: Invocation): Promise<void> {
  const { flags, signal, terminal } = invocation;
  const file = flags.text('kubeconfig');
  const connection = file === undefined ? inClusterConnection() : loadKubeconfig(file);
  const address = flags.text('repo-server');
  if (connection === undefined)
    throw missing('kubeconfig', 'Outside a cluster the controller must be told which one it works for.');
  if (address === undefined)
    throw missing('repo-server', 'Start "windlass repo-server" and pass the address that it prints.');
  const token = await readToken(flags.text('repo-server-token-file'), 'repo-server-token-file');
  const repoServer = connectHttp(repoServerContract, { address, token, clock: systemClock });
  const client = createKubeClient(connection, { clock: systemClock, userAgent: `windlass/${version}` });
  const controller = createApplicationController({
    client,
    namespace: flags.text('namespace') ?? 'argocd',
    repoServer: repoServer.client,
    manifestStore: createManifestStore({ dir: join(dataDirOf(invocation), 'manifests'), clock: systemClock }),
    clock: systemClock,
    log: loggerOf(invocation),
    metrics: createRegistry(),
    identity: processIdentity(),
    leaderElection: true,
    takeOver: flags.is('take-over'),
  });
  const running = controller.start(signal);
  await Promise.race([controller.ready, running]);
  terminal.printLine(`application-controller for ${client.server}`);
  await running;
  await repoServer.close();
  await client.close();
}

function missing(flag: string, hint: string): WindlassError {
  return new WindlassError({
    code: 'FLAG_MISSING',
    kind: 'InvalidInput',
    message: `--${flag} is missing.`,
    hint,
    at: { field: flag },
  });
}
