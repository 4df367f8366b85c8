import type { ApplicationSource } from '#core/api';
import type { OptionDefinition } from '../program/command-definition.ts';
import type { Flags } from '../program/flags.ts';

export const sourceFlags: readonly OptionDefinition[] = [
  { name: 'repo', type: 'string', summary: 'URL of the repository', complete: 'repository' },
  { name: 'path', type: 'string', summary: 'Directory in the repository' },
  { name: 'revision', type: 'string', summary: 'Branch, tag, commit, or a chart version or range to track' },
  { name: 'helm-chart', type: 'string', summary: 'Name of the chart in a Helm repository' },
  { name: 'ref', type: 'string', summary: 'Name under which other sources use files of this one' },
  { name: 'source-name', type: 'string', summary: 'Name of the source' },
  { name: 'tag-prefix', type: 'string', summary: 'Only tags with this prefix count' },
  { name: 'env', type: 'string', summary: 'Ksonnet environment; no longer supported by anybody' },
];

const texts: Readonly<Record<string, 'repoURL' | 'path' | 'targetRevision' | 'chart' | 'ref' | 'tagPrefix'>> = {
  repo: 'repoURL',
  path: 'path',
  revision: 'targetRevision',
  'helm-chart': 'chart',
  ref: 'ref',
  'tag-prefix': 'tagPrefix',
};

/** What the flags say about where a source is. Pure. */
export function applySourceFlags(source: ApplicationSource, flags: Flags): ApplicationSource {
  const changed: ApplicationSource = { ...source };
  for (const [flag, field] of Object.entries(texts)) if (flags.isSet(flag)) changed[field] = flags.text(flag) ?? '';
  return changed;
}
