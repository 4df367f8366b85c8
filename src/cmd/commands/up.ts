import { defineCommand } from '#components/cli';
import { systemClock } from '#base/clock';
import { parseUpOptions } from '../up-options.ts';
import type { UpFlags } from '../up-options.ts';

export const up = defineCommand({
  name: 'up',
  summary: 'Start everything in one process',
  description:
    'Starts the embedded Kubernetes with the demo, or, with --kubeconfig, every component against that existing cluster: custom resources, namespace, ConfigMaps and Secrets are created where missing, nothing else is touched. Ctrl-C stops; state is kept in the data directory.',
  isNative: true,
  isLocal: true,
  options: [
    {
      name: 'kubeconfig',
      type: 'string',
      summary: 'Run against this cluster instead of the embedded one',
      complete: 'file',
    },
    { name: 'port', type: 'string', summary: 'Port of the web server; the next free one when taken (7700)' },
    {
      name: 'kube-port',
      type: 'string',
      summary: 'Port of the embedded Kubernetes API; the next free one when taken (7743)',
    },
    { name: 'data-dir', type: 'string', summary: 'Where state is kept (.windlass)', complete: 'directory' },
    { name: 'namespace', short: 'n', type: 'string', summary: 'Namespace of Applications and settings (argocd)' },
    { name: 'no-demo', type: 'boolean', summary: 'Start without the demo' },
    { name: 'take-over', type: 'boolean', summary: 'Write although an Argo CD controller runs on this cluster' },
    {
      name: 'log-level',
      type: 'string',
      summary: 'Least severe message to log (warn)',
      choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
    },
    { name: 'log-format', type: 'string', summary: 'How to log (text)', choices: ['text', 'json'] },
  ],
  examples: [
    'windlass up',
    'windlass up --kubeconfig ~/.kube/config --no-demo',
    'windlass up --port 8080 --data-dir /var/lib/windlass',
  ],
  async run({ flags, env, cwd, terminal, signal }) {
    const { runUp } = await import('../up.ts');
    const given = (name: string) => (flags.isSet(name) ? flags.text(name) : undefined);
    const values: Record<string, string | undefined> = {
      kubeconfig: given('kubeconfig'),
      port: given('port'),
      kubePort: given('kube-port'),
      dataDir: given('data-dir'),
      namespace: given('namespace'),
      logLevel: given('log-level'),
      logFormat: given('log-format'),
    };
    const texts = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as UpFlags;
    const options = parseUpOptions(
      {
        ...texts,
        ...(flags.is('no-demo') ? { demo: false } : {}),
        ...(flags.is('take-over') ? { takeOver: true } : {}),
      },
      env,
      cwd,
    );
    await runUp(options, { clock: systemClock, cwd, write: (line) => terminal.printLine(line) }, signal);
  },
});
