import { defineCommand } from '#components/cli';
import { componentOptions } from './component-options.ts';

export const applicationController = defineCommand({
  name: 'application-controller',
  summary: 'Run the application controller alone, beside a repo-server on the same machine',
  isNative: true,
  isLocal: true,
  options: [
    {
      name: 'kubeconfig',
      type: 'string',
      summary: "The cluster whose Applications are reconciled (default: the pod's own)",
      complete: 'file',
    },
    {
      name: 'namespace',
      short: 'n',
      type: 'string',
      summary: 'Namespace of Applications and settings',
      default: 'argocd',
    },
    { name: 'repo-server', type: 'string', summary: 'Address that the repo-server printed' },
    {
      name: 'repo-server-token-file',
      type: 'string',
      summary: 'File with the token of the repo-server',
      complete: 'file',
    },
    { name: 'take-over', type: 'boolean', summary: 'Write although an Argo CD controller runs on this cluster' },
    ...componentOptions,
  ],
  examples: [
    'windlass application-controller --kubeconfig config --repo-server unix:.windlass/run/repo-server.sock --repo-server-token-file token',
  ],
  async run(invocation) {
    const { runApplicationController } = await import('../run-application-controller.ts');
    await runApplicationController(invocation);
  },
});
