import { defineCommand } from '#components/cli';
import { componentOptions } from './component-options.ts';

export const kubeApiserver = defineCommand({
  name: 'kube-apiserver',
  summary: 'Run the embedded Kubernetes alone; its pods are simulated',
  isNative: true,
  isLocal: true,
  options: [
    { name: 'port', type: 'integer', summary: 'Port of the API; 0 takes a free one', default: '7743' },
    ...componentOptions,
  ],
  examples: ['windlass kube-apiserver --port 6443 --data-dir cluster'],
  async run(invocation) {
    const { runKubeApiserver } = await import('../run-kube-apiserver.ts');
    await runKubeApiserver(invocation);
  },
});
