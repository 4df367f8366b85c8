import { defineCommand } from '#components/cli';
import { componentOptions } from './component-options.ts';

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
    const { runRepoServer } = await import('../run-repo-server.ts');
    await runRepoServer(invocation);
  },
});
