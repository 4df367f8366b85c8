import type { Application } from '#core/api';
import { isSameRepo } from '#libs/git';
import { defineCommand } from '../../program/command-definition.ts';
import type { Flags } from '../../program/flags.ts';
import { usageError } from '../../program/usage-error.ts';
import { withoutNoise } from '../../output/print-application.ts';
import { renderObject } from '../../output/render-object.ts';
import { statusStyle } from '../../output/status-style.ts';
import type { StatusStyle } from '../../output/status-style.ts';
import { shortSyncPolicy } from '../../output/sync-policy-text.ts';
import { renderTable } from '../../output/table.ts';
import { sourcesOf } from '../../session/sources-of.ts';
import { appNamespaceFlag } from './flags.ts';

const header = [
  'NAME',
  'CLUSTER',
  'NAMESPACE',
  'PROJECT',
  'STATUS',
  'HEALTH',
  'SYNCPOLICY',
  'CONDITIONS',
  'REPO',
  'PATH',
  'TARGET',
];

export const list = defineCommand({
  name: 'list',
  summary: 'List applications',
  options: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      summary: 'Output format',
      choices: ['wide', 'name', 'json', 'yaml'],
      default: 'wide',
    },
    { name: 'selector', short: 'l', type: 'string', summary: 'Only applications with these labels' },
    { name: 'project', short: 'p', type: 'strings', summary: 'Only applications of this project', complete: 'project' },
    {
      name: 'repo',
      short: 'r',
      type: 'string',
      summary: 'Only applications of this repository',
      complete: 'repository',
    },
    { name: 'path', short: 'P', type: 'string', summary: 'Only applications of this path' },
    {
      name: 'cluster',
      short: 'c',
      type: 'string',
      summary: 'Only applications on this cluster, by name or URL',
      complete: 'cluster',
    },
    appNamespaceFlag,
  ],
  examples: [
    'windlass app list',
    'windlass app list -l team=payments -o name',
    'windlass app list -p default -r https://git.example.com/team/config.git',
  ],
  async run({ flags, terminal, program, session }) {
    const { applications } = await session();
    const found = await applications.list({ namespace: flags.text('app-namespace'), selector: flags.text('selector') });
    const shown = found.filter((application) => isWanted(application, flags)).toSorted(byName);
    const format = flags.text('output') ?? 'wide';
    if (format === 'name') terminal.print(shown.map((one) => `${qualifiedName(one)}\n`).join(''));
    else if (format === 'wide') terminal.print(renderList(shown, statusStyle(terminal, program)));
    else if (format === 'json' || format === 'yaml') terminal.print(renderObject(shown.map(withoutNoise), format));
    else throw usageError(`--output: "${format}" is not supported here.`);
  },
});

function isWanted(application: Application, flags: Flags): boolean {
  const { spec } = application;
  const projects = flags.list('project');
  const [repo, path, cluster] = [flags.text('repo'), flags.text('path'), flags.text('cluster')];
  const sources = sourcesOf(application);
  return (
    (projects.length === 0 || projects.includes(spec.project || 'default')) &&
    (repo === undefined || sources.some(({ repoURL }) => isSameRepo(repoURL, repo))) &&
    (path === undefined || sources.some((source) => source.path === path)) &&
    (cluster === undefined ||
      spec.destination.server === cluster ||
      spec.destination.name === cluster ||
      (cluster === 'in-cluster' && spec.destination.server === 'https://kubernetes.default.svc'))
  );
}

function renderList(applications: readonly Application[], style: StatusStyle): string {
  return renderTable(
    header,
    applications.map((application) => rowOf(application, style)),
  );
}

function rowOf(application: Application, style: StatusStyle): readonly string[] {
  const { spec, status } = application;
  const [source] = sourcesOf(application);
  return [
    qualifiedName(application),
    spec.destination.server || spec.destination.name || '',
    spec.destination.namespace ?? '',
    spec.project || 'default',
    style(status?.sync?.status ?? ''),
    style(status?.health?.status ?? ''),
    shortSyncPolicy(application),
    conditionsText(application),
    source?.repoURL ?? '',
    source?.path ?? '',
    source?.targetRevision ?? '',
  ];
}

/** `<none>`, `ComparisonError`, or `SyncError(2)` for several of a type. */
export function conditionsText({ status }: Application): string {
  const counts = new Map<string, number>();
  for (const { type } of status?.conditions ?? []) counts.set(type, (counts.get(type) ?? 0) + 1);
  if (counts.size === 0) return '<none>';
  return [...counts].map(([type, count]) => (count > 1 ? `${type}(${count})` : type)).join(',');
}

function qualifiedName({ metadata }: Application): string {
  return `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
}

function byName(a: Application, b: Application): number {
  return qualifiedName(a) < qualifiedName(b) ? -1 : 1;
}
