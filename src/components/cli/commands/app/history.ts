import type { Application, ApplicationSource, RevisionHistory } from '#core/api';
import { defineCommand } from '../../program/command-definition.ts';
import type { ProgramName } from '../../program/invocation.ts';
import { shortRevision } from '../../output/application-summary.ts';
import { formatTime } from '../../output/format-time.ts';
import { renderObject } from '../../output/render-object.ts';
import { renderRows } from '../../output/table.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import { appNamespaceFlag, applicationArgument } from './flags.ts';

export const history = defineCommand({
  name: 'history',
  summary: 'Show application deployment history',
  args: [applicationArgument],
  options: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      summary: 'Output format',
      choices: ['wide', 'id', 'json', 'yaml'],
      default: 'wide',
    },
    appNamespaceFlag,
  ],
  examples: ['windlass app history my-app', 'windlass app history my-app -o id'],
  async run({ flags, args, terminal, program, session }) {
    const { applications, namespace } = await session();
    const application = await applications.get(parseApplicationRef(args[0] as string, flags, namespace));
    const entries = application.status?.history ?? [];
    const format = flags.text('output') ?? 'wide';
    if (format === 'id') terminal.print(entries.map(({ id }) => `${id}\n`).join(''));
    else if (format === 'wide') terminal.print(renderHistory(application, program));
    else terminal.print(renderObject(entries, format));
  },
});

/** One block per source URL, as Argo CD prints them; under our own name with who started each deployment. Pure. */
export function renderHistory({ status }: Application, program: ProgramName): string {
  const bySource = new Map<string, string[][]>();
  for (const entry of status?.history ?? []) {
    for (const [source, revision] of deployedSources(entry)) {
      const rows = bySource.get(source.repoURL) ?? [];
      const { targetRevision = '' } = source;
      const row = [
        String(entry.id),
        formatTime(entry.deployedAt),
        `${targetRevision} (${shortRevision(revision)})`.trim(),
      ];
      rows.push(program === 'argocd' ? row : [...row, initiator(entry)]);
      bySource.set(source.repoURL, rows);
    }
  }
  const header = ['ID', 'DATE', 'REVISION', ...(program === 'argocd' ? [] : ['INITIATED BY'])];
  return [...bySource].map(([url, rows]) => renderRows([['SOURCE', url], header, ...rows])).join('\n');
}

function deployedSources(entry: RevisionHistory): readonly (readonly [ApplicationSource, string])[] {
  const { source, sources, revision = '', revisions = [] } = entry;
  if (sources !== undefined && sources.length > 0) return sources.map((one, index) => [one, revisions[index] ?? '']);
  return source === undefined ? [] : [[source, revision]];
}

function initiator({ initiatedBy }: RevisionHistory): string {
  if (initiatedBy?.automated === true) return 'automated sync';
  return initiatedBy?.username ?? '';
}
