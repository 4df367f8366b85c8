import { toWindlassError } from '#base/errors';
import type { Application } from '#core/api';
import type { RendererStatus } from '#core/contracts';
import { defineCommand } from '../../program/command-definition.ts';
import type { Invocation } from '../../program/invocation.ts';
import { humanAge } from '../../output/human-age.ts';
import { renderObject } from '../../output/render-object.ts';
import { renderRows } from '../../output/table.ts';
import { findDataDir } from '../../session/connection-source.ts';
import { checkComponents } from '../../session/component-health.ts';
import type { ComponentHealth } from '../../session/component-health.ts';
import { findUpProcess, readUpStatus } from '../../session/up-status.ts';

export const status = defineCommand({
  name: 'status',
  summary: 'Show what runs: components, cluster, tools, confinement',
  description:
    'Looks at the process of "windlass up" that belongs to this directory, and at the cluster. Exit code 0: all is well; 1: something is not.',
  isNative: true,
  options: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      summary: 'Output format',
      choices: ['text', 'json', 'yaml'],
      default: 'text',
    },
  ],
  examples: ['windlass status', 'windlass status -o json', 'windlass status --kubeconfig ~/.kube/production'],
  async run(invocation) {
    const { flags, terminal } = invocation;
    const report = await buildReport(invocation);
    const format = flags.text('output') ?? 'text';
    if (format === 'text') terminal.print(renderReport(invocation, report));
    else terminal.print(renderObject({ apiVersion: 'cli.windlass.dev/v1', kind: 'StatusReport', ...report }, format));
    return report.problems.length === 0 ? 0 : 1;
  },
});

interface Report {
  readonly process: {
    readonly isRunning: boolean;
    readonly pid?: number;
    readonly dataDir?: string;
    readonly version?: string;
    readonly url?: string;
    readonly startedAt?: string;
  };
  readonly components: readonly ComponentHealth[];
  readonly cluster: {
    readonly origin?: string;
    readonly version?: string;
    readonly isEmbedded: boolean;
    readonly namespace?: string;
  };
  readonly applications: Readonly<Record<string, number>>;
  readonly renderer?: RendererStatus;
  readonly problems: readonly string[];
}

async function buildReport(invocation: Invocation): Promise<Report> {
  const { flags, env, cwd, clock, signal } = invocation;
  const problems: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      problems.push(`${what}: ${toWindlassError(error).message}`);
      return undefined;
    }
  };
  const dataDir = findDataDir({ flags, env, cwd });
  const up = dataDir === undefined ? undefined : readUpStatus(dataDir);
  const pid = dataDir === undefined ? undefined : findUpProcess(dataDir, clock.now());
  const runs = pid !== undefined;
  if (dataDir !== undefined && !runs) problems.push(`"windlass up" does not run in "${dataDir}"`);
  const components =
    runs && up?.url !== undefined
      ? await attempt('Components', () => checkComponents(up.url as string, clock, signal))
      : undefined;
  for (const { name, problem } of components ?? []) if (problem !== undefined) problems.push(`${name}: ${problem}`);
  const session = await attempt('Cluster', () => invocation.session());
  const version = session && (await attempt('Cluster', () => session.server.kubernetesVersion()));
  const applications =
    version === undefined || !session ? undefined : await attempt('Applications', () => session.applications.list({}));
  const renderer = session && (await attempt('Renderer', () => session.server.rendererStatus()));
  return {
    process: {
      isRunning: runs,
      ...(pid === undefined ? {} : { pid }),
      ...(dataDir === undefined ? {} : { dataDir }),
      ...(up?.version === undefined ? {} : { version: up.version }),
      ...(up?.url === undefined ? {} : { url: up.url }),
      ...(up?.startedAt === undefined ? {} : { startedAt: up.startedAt }),
    },
    components: components ?? [],
    cluster: {
      isEmbedded: up?.embedded === true,
      ...(session === undefined ? {} : { origin: session.origin, namespace: session.namespace }),
      ...(version === undefined ? {} : { version }),
    },
    applications: countStates(applications ?? []),
    ...(renderer === undefined ? {} : { renderer }),
    problems,
  };
}

function countStates(applications: readonly Application[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { total: applications.length };
  for (const { status: state } of applications) {
    for (const key of [state?.sync?.status, state?.health?.status]) if (key) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function renderReport({ clock, terminal }: Invocation, report: Report): string {
  const { process: up, cluster, components, applications, renderer, problems } = report;
  const { total = 0, ...states } = applications;
  const good = (text: string) => terminal.style('green', text);
  const bad = (text: string) => terminal.style('red', text);
  const age = up.startedAt === undefined ? '' : ` for ${humanAge(up.startedAt, clock.now())}`;
  const rows = [
    [
      'Process',
      up.isRunning
        ? `${good('✔')} ${up.version ?? ''} runs${age} (process ${up.pid ?? ''}, ${up.dataDir ?? ''})`
        : `${bad('✖')} "windlass up" does not run here`,
    ],
    ...(up.isRunning && up.url !== undefined ? [['URL', up.url]] : []),
    [
      'Cluster',
      cluster.version === undefined
        ? `${bad('✖')} ${cluster.origin ?? 'none'}`
        : `${good('✔')} Kubernetes ${cluster.version} at ${cluster.origin ?? ''}`,
    ],
    ...(cluster.isEmbedded ? [['', 'embedded: objects are reconciled, pods are simulated']] : []),
    ...components.map(({ name, problem }) => [
      name,
      problem === undefined ? `${good('✔')} healthy` : `${bad('✖')} ${problem}`,
    ]),
    [
      'Applications',
      `${total}${
        Object.keys(states).length > 0
          ? `: ${Object.entries(states)
              .map(([state, count]) => `${count} ${state}`)
              .join(', ')}`
          : ''
      }`,
    ],
    ...(renderer?.tools ?? []).map(({ name, version, path, error }) => [
      name,
      error === undefined ? `${version ?? ''} (${path ?? ''})` : error.message,
    ]),
    ...(renderer === undefined
      ? []
      : [
          [
            'Confinement',
            `network ${renderer.confinement.network}, memory ${renderer.confinement.memory}: ${renderer.confinement.explanation}`,
          ],
        ]),
    ...problems.map((problem) => ['Problem', bad(problem)]),
  ];
  return renderRows(rows);
}
