import type { AppProject } from '#core/api';
import { defineCommand } from '../../program/command-definition.ts';
import { renderObject } from '../../output/render-object.ts';
import { renderTable } from '../../output/table.ts';
import { countText, orphanedText } from '../../output/project-text.ts';

const header = [
  'NAME',
  'DESCRIPTION',
  'DESTINATIONS',
  'SOURCES',
  'CLUSTER-RESOURCE-WHITELIST',
  'NAMESPACE-RESOURCE-BLACKLIST',
  'SIGNATURE-KEYS',
  'ORPHANED-RESOURCES',
];

export const list = defineCommand({
  name: 'list',
  summary: 'List projects',
  options: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      summary: 'Output format',
      choices: ['wide', 'name', 'json', 'yaml'],
      default: 'wide',
    },
  ],
  examples: ['windlass proj list', 'windlass proj list -o name'],
  async run({ flags, terminal, session }) {
    const { projects } = await session();
    const found = await projects.list();
    const format = flags.text('output') ?? 'wide';
    if (format === 'name') terminal.print(found.map(({ metadata }) => `${metadata.name ?? ''}\n`).join(''));
    else if (format === 'wide') terminal.print(renderTable(header, found.map(rowOf)));
    else terminal.print(renderObject(found, format));
  },
});

function rowOf({ metadata, spec }: AppProject): readonly string[] {
  const destinations = (spec.destinations ?? []).map(
    ({ server, name, namespace }) => `${server || name || ''},${namespace ?? ''}`,
  );
  const kinds = (spec.clusterResourceWhitelist ?? []).map(({ group, kind }) => `${group}/${kind}`);
  return [
    metadata.name ?? '',
    spec.description ?? '',
    countText(destinations, 'destinations'),
    countText(spec.sourceRepos ?? [], 'repos'),
    countText(kinds, 'resources'),
    `${(spec.namespaceResourceBlacklist ?? []).length || '<none>'}${spec.namespaceResourceBlacklist?.length ? ' resources' : ''}`,
    spec.signatureKeys?.length ? `${spec.signatureKeys.length} key(s)` : '<none>',
    orphanedText(spec),
  ];
}
