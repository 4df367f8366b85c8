import { defineCommand } from '../../program/command-definition.ts';
import type { Invocation } from '../../program/invocation.ts';
import { toWindlassError } from '#base/errors';

/** Whose surface we serve: scripts compare this number (`compatibility.md`). */
const argoVersion = 'v3.6.0';

export const version = defineCommand({
  name: 'version',
  summary: 'Print version information',
  options: [
    { name: 'client', type: 'boolean', summary: 'Only of this program; never connects' },
    { name: 'short', type: 'boolean', summary: 'Only the numbers' },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      summary: 'Output format',
      choices: ['wide', 'short', 'json', 'yaml'],
      default: 'wide',
    },
  ],
  examples: ['windlass version', 'windlass version --client', 'windlass version --short -o json'],
  async run(invocation) {
    const { flags, terminal, program } = invocation;
    const format = flags.text('output') ?? 'wide';
    const client = { Version: versionOf(invocation), Platform: platform(), NodeVersion: process.version };
    const server = flags.is('client') ? undefined : await serverVersions(invocation);
    if (format === 'json' || format === 'yaml') {
      const { renderObject } = await import('../../output/render-object.ts');
      const own = flags.is('short') ? { Version: client.Version } : client;
      return terminal.print(renderObject({ client: own, ...(server === undefined ? {} : { server }) }, format));
    }
    const isShort = flags.is('short') || format === 'short';
    terminal.print(block(program, client, isShort));
    if (server !== undefined)
      terminal.print(block(program === 'argocd' ? 'argocd-server' : 'cluster', server, isShort));
  },
});

/** The number of Argo CD whose command line this is, with ours behind it; or ours alone. */
function versionOf({ program, version: own }: Invocation): string {
  return program === 'argocd' ? `${argoVersion}+windlass.${own}` : `v${own}`;
}

function platform(): string {
  return `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`;
}

async function serverVersions(invocation: Invocation): Promise<Readonly<Record<string, string>>> {
  const { program } = invocation;
  const { server, origin } = await invocation.session();
  const kubernetes = await server.kubernetesVersion();
  const { tools } = (program === 'argocd' ? await server.rendererStatus().catch(ignoreUnavailable) : undefined) ?? {
    tools: [],
  };
  const versionOfTool = (name: string) => tools.find((tool) => tool.name === name)?.version;
  const lines: Readonly<Record<string, string | undefined>> = {
    Version: program === 'argocd' ? versionOf(invocation) : kubernetes,
    'Kubernetes Version': program === 'argocd' ? kubernetes : undefined,
    Cluster: origin,
    'Kustomize Version': versionOfTool('kustomize'),
    'Helm Version': versionOfTool('helm'),
    'Jsonnet Version': versionOfTool('jsonnet'),
  };
  return Object.fromEntries(Object.entries(lines).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Without a renderer its tools are left out; the rest is still worth printing. */
function ignoreUnavailable(error: unknown): undefined {
  if (toWindlassError(error).kind === 'Cancelled') throw error;
  return undefined;
}

function block(name: string, { Version = '', ...rest }: Readonly<Record<string, string>>, isShort: boolean): string {
  const lines = isShort ? [] : Object.entries(rest).map(([label, text]) => `  ${label}: ${text}`);
  return [`${name}: ${Version}`, ...lines, ''].join('\n');
}
