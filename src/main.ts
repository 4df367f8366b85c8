import { systemClock } from '#base/clock';
import { createProgram } from '#components/cli';
import { applicationController } from './cmd/commands/application-controller.ts';
import { kubeApiserver } from './cmd/commands/kube-apiserver.ts';
import { repoServer } from './cmd/commands/repo-server.ts';
import { up } from './cmd/commands/up.ts';
import { version } from './cmd/version.ts';

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // The second signal means it.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort(new DOMException('Interrupted.', 'AbortError'));
  });
}

const program = createProgram({
  programName: process.env['WINDLASS_PROGRAM'] === 'argocd' ? 'argocd' : 'windlass',
  version,
  up: [up, applicationController, repoServer, kubeApiserver],
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  isTerminal: {
    stdin: process.stdin.isTTY,
    stdout: process.stdout.isTTY,
    stderr: process.stderr.isTTY,
  },
  clock: systemClock,
  signal: interrupt.signal,
  connectRepoServer: async () => (await import('./cmd/connect-repo-server.ts')).connectRepoServer(),
});

process.exitCode = await program.run(process.argv.slice(2));
// A connection that is still open must not keep a finished command alive.
process.exit();
