import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogLevel } from '#base/log';
import type { Invocation } from '#components/cli';
import { startKubeApiserverWorker } from '#components/kube-apiserver';
import { waitForAbort } from './wait-for-abort.ts';
import { dataDirOf } from './commands/component-options.ts';

/** Runs the embedded Kubernetes until the signal aborts. */
export async function runKubeApiserver(invocation: Invocation): Promise<void> {
  const { flags, signal, terminal } = invocation;
  const dataDir = dataDirOf(invocation);
  const clusterDir = join(dataDir, 'cluster');
  mkdirSync(clusterDir, { recursive: true, mode: 0o700 });
  const server = await startKubeApiserverWorker({
    dataDir: clusterDir,
    port: Number(flags.text('port')),
    logLevel: flags.text('log-level') as LogLevel,
    logFormat: flags.text('log-format') as 'json' | 'text',
  });
  const kubeconfig = join(dataDir, 'kubeconfig');
  writeFileSync(kubeconfig, server.kubeconfig, { mode: 0o600 });
  terminal.printLine(`embedded Kubernetes (pods are simulated) at ${server.url}`);
  terminal.printLine(`KUBECONFIG  ${kubeconfig}`);
  await waitForAbort(signal);
  await server.close();
}
