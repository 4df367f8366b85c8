import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { createKubeClient, loadKubeconfig } from '#libs/kube';
import type { ClusterConnection } from '#libs/kube';
import { defineCommand } from '../../program/command-definition.ts';
import type { Flags } from '../../program/flags.ts';
import type { Invocation } from '../../program/invocation.ts';
import { usageError } from '../../program/usage-error.ts';
import { buildClusterConfig } from '../../session/cluster-config.ts';
import { createManagerToken } from '../../session/manager-account.ts';

export const add = defineCommand({
  name: 'add',
  summary: "Add a given cluster configuration, by the name of a kubeconfig's context",
  description:
    'Makes a service account with full rights on the cluster that the context names, and stores its token, so that applications ' +
    'can be deployed there. With --exec-command the credentials come from that program instead, and nothing is made on the cluster.',
  args: [{ name: 'CONTEXT', required: true }],
  options: [
    {
      name: 'kubeconfig',
      type: 'string',
      summary: 'Kubeconfig with the context (default: KUBECONFIG, else ~/.kube/config)',
      complete: 'file',
    },
    { name: 'name', type: 'string', summary: "Name of the cluster; the context's unless given" },
    { name: 'project', type: 'string', summary: 'Only this project may use it', complete: 'project' },
    { name: 'namespace', type: 'strings', summary: 'Manage only this namespace' },
    { name: 'cluster-resources', type: 'boolean', summary: 'With --namespace: manage cluster-scoped resources too' },
    {
      name: 'in-cluster',
      type: 'boolean',
      summary: 'It is the cluster of the control plane: reach it as https://kubernetes.default.svc',
    },
    {
      name: 'cluster-endpoint',
      type: 'string',
      summary: 'Which address to store',
      choices: ['', 'kubeconfig', 'kube-public', 'internal'],
    },
    {
      name: 'service-account',
      type: 'string',
      summary: 'Use this service account of --system-namespace instead of making one',
    },
    { name: 'system-namespace', type: 'string', summary: 'Namespace of the service account', default: 'kube-system' },
    { name: 'shard', type: 'integer', summary: 'Controller shard that looks after it', default: '-1' },
    { name: 'label', type: 'pairs', summary: 'Label of the cluster' },
    { name: 'annotation', type: 'pairs', summary: 'Annotation of the cluster' },
    { name: 'aws-cluster-name', type: 'string', summary: 'Not served: use --exec-command aws' },
    { name: 'aws-role-arn', type: 'string', summary: 'Not served: use --exec-command aws' },
    { name: 'aws-profile', type: 'string', summary: 'Not served: use --exec-command aws' },
    { name: 'exec-command', type: 'string', summary: 'Program that prints credentials' },
    { name: 'exec-command-args', type: 'strings', summary: 'Argument of that program' },
    { name: 'exec-command-env', type: 'pairs', summary: 'Environment variable of that program' },
    { name: 'exec-command-api-version', type: 'string', summary: 'API version of what it prints' },
    { name: 'exec-command-install-hint', type: 'string', summary: 'What to say when it is missing' },
    { name: 'proxy-url', type: 'string', summary: 'Proxy from here to the cluster' },
    { name: 'server-proxy-url', type: 'string', summary: 'Proxy from the control plane to the cluster' },
    { name: 'disable-compression', type: 'boolean', summary: 'Do not compress answers' },
    { name: 'upsert', type: 'boolean', summary: 'Replace the settings of a cluster that exists' },
    { name: 'yes', short: 'y', type: 'boolean', summary: 'Do not ask' },
  ],
  examples: [
    'windlass cluster add production',
    'windlass cluster add production --name prod-eu --label region=eu -y',
    'windlass cluster add edge --namespace shop --namespace shop-jobs -y',
  ],
  async run(invocation) {
    const { args, flags, terminal } = invocation;
    refuseUnserved(flags);
    const context = args[0] as string;
    const connection = loadKubeconfig(kubeconfigOf(invocation), context);
    const server = flags.is('in-cluster') ? 'https://kubernetes.default.svc' : connection.server;
    if (!(await isConfirmed(invocation, context)))
      return terminal.printLine('The command to add the cluster was cancelled.');
    const token = flags.isSet('exec-command') ? undefined : await obtainToken(invocation, connection);
    const config = buildClusterConfig(connection, flags, token);
    const { clusters } = await invocation.session();
    const shard = flags.integer('shard') ?? -1;
    const namespaces = flags.list('namespace');
    const cluster = await clusters.add(
      {
        fields: {
          name: flags.text('name') ?? context,
          server,
          config: JSON.stringify(config),
          ...(namespaces.length === 0 ? {} : { namespaces: namespaces.join(',') }),
          ...(flags.is('cluster-resources') ? { clusterResources: 'true' } : {}),
          ...(flags.text('project') === undefined ? {} : { project: flags.text('project') as string }),
          ...(shard < 0 ? {} : { shard: String(shard) }),
        },
        labels: Object.fromEntries(flags.pairs('label')),
        annotations: Object.fromEntries(flags.pairs('annotation')),
      },
      { isUpsert: flags.is('upsert') },
    );
    terminal.printLine(`Cluster '${cluster.server}' added`);
  },
});

function kubeconfigOf({ flags, env, cwd }: Invocation): string {
  const flag = flags.text('kubeconfig');
  if (flag !== undefined) return resolve(cwd, flag);
  const first = (env['KUBECONFIG'] ?? '').split(':').find(Boolean);
  return first === undefined ? join(env['HOME'] ?? homedir(), '.kube', 'config') : resolve(cwd, first);
}

function refuseUnserved(flags: Flags): void {
  const aws = ['aws-cluster-name', 'aws-role-arn', 'aws-profile'].find((name) => flags.isSet(name));
  if (aws !== undefined)
    throw usageError(`--${aws} is not served.`, 'Use --exec-command aws --exec-command-args eks,get-token,… instead.');
  const endpoint = flags.text('cluster-endpoint');
  if (endpoint === 'kube-public')
    throw usageError('--cluster-endpoint kube-public is not served.', 'Use --cluster-endpoint kubeconfig or internal.');
}

async function isConfirmed({ flags, terminal }: Invocation, context: string): Promise<boolean> {
  if (flags.is('yes') || flags.isSet('exec-command') || flags.isSet('service-account')) return true;
  if (!terminal.canAsk)
    throw usageError(
      'Nobody is here to confirm that a service account is made.',
      'Add --yes to go on without being asked.',
    );
  const answer = await terminal.ask(
    `A service account with full rights is made on the cluster of context "${context}". Do you want to continue? [y/n] `,
  );
  return /^y(es)?$/i.test(answer);
}

async function obtainToken({ flags, clock, signal }: Invocation, connection: ClusterConnection) {
  const proxyUrl = flags.text('proxy-url');
  const client = createKubeClient({ ...connection, ...(proxyUrl === undefined ? {} : { proxyUrl }) }, { clock });
  try {
    return await createManagerToken({
      client,
      clock,
      signal,
      namespace: flags.text('system-namespace') ?? 'kube-system',
      namespaces: flags.list('namespace'),
      account: flags.text('service-account'),
    });
  } finally {
    await client.close();
  }
}
