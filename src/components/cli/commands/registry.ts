import type { CommandDefinition } from '../program/command-definition.ts';
import type { CommandGroup, CommandLoader, CommandTree } from '../program/command-tree.ts';
import type { ProgramName } from '../program/invocation.ts';

const app: CommandGroup = {
  name: 'app',
  summary: 'Manage applications',
  examples: [
    'windlass app list',
    'windlass app get my-app',
    'windlass app diff my-app',
    'windlass app sync my-app',
    'windlass app set my-app -p image.tag=v1.0.1',
  ],
  commands: {
    create: async () => (await import('./app/create.ts')).create,
    delete: async () => (await import('./app/delete.ts')).deleteApplication,
    diff: async () => (await import('./app/diff.ts')).diff,
    get: async () => (await import('./app/get.ts')).get,
    history: async () => (await import('./app/history.ts')).history,
    list: async () => (await import('./app/list.ts')).list,
    logs: async () => (await import('./app/logs.ts')).logs,
    manifests: async () => (await import('./app/manifests.ts')).manifests,
    patch: async () => (await import('./app/patch.ts')).patch,
    resources: async () => (await import('./app/resources.ts')).resources,
    rollback: async () => (await import('./app/rollback.ts')).rollback,
    set: async () => (await import('./app/set.ts')).set,
    sync: async () => (await import('./app/sync.ts')).sync,
    'terminate-op': async () => (await import('./app/terminate-op.ts')).terminateOp,
    unset: async () => (await import('./app/unset.ts')).unset,
    wait: async () => (await import('./app/wait.ts')).wait,
  },
};

const cluster: CommandGroup = {
  name: 'cluster',
  summary: 'Manage cluster credentials',
  examples: ['windlass cluster list', 'windlass cluster add my-context', 'windlass cluster rm https://10.0.0.1:6443'],
  commands: {
    add: async () => (await import('./cluster/add.ts')).add,
    list: async () => (await import('./cluster/list.ts')).list,
    rm: async () => (await import('./cluster/rm.ts')).rm,
  },
};

const proj: CommandGroup = {
  name: 'proj',
  aliases: ['project'],
  summary: 'Manage projects',
  examples: ['windlass proj list', 'windlass proj get default'],
  commands: {
    get: async () => (await import('./proj/get.ts')).get,
    list: async () => (await import('./proj/list.ts')).list,
  },
};

const repo: CommandGroup = {
  name: 'repo',
  summary: 'Manage repository connection parameters',
  examples: [
    'windlass repo list',
    'windlass repo add https://git.example.com/team/config.git --username bot --password-stdin < token',
    'windlass repo rm https://git.example.com/team/config.git',
  ],
  commands: {
    add: async () => (await import('./repo/add.ts')).add,
    list: async () => (await import('./repo/list.ts')).list,
    rm: async () => (await import('./repo/rm.ts')).rm,
  },
};

const shared: Readonly<Record<string, CommandLoader>> = {
  completion: async () => (await import('./root/completion.ts')).completion,
  version: async () => (await import('./root/version.ts')).version,
};

/** What Argo CD's command line does not have. */
const native: Readonly<Record<string, CommandLoader>> = {
  down: async () => (await import('./root/down.ts')).down,
  status: async () => (await import('./root/status.ts')).status,
  why: async () => (await import('./root/why.ts')).why,
};

/** All commands under one program name; those of the composition root stand beside the native ones. */
export function buildTree(program: ProgramName, given: readonly CommandDefinition[]): CommandTree {
  const extra = Object.fromEntries(given.map((definition) => [definition.name, () => Promise.resolve(definition)]));
  return {
    groups: [app, cluster, proj, repo],
    commands: program === 'windlass' ? { ...shared, ...native, ...extra } : { ...shared, ...extra },
  };
}
