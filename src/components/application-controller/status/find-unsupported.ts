import type { Application } from '#core/api';
import { annotations } from '#core/api';
import type { Finding } from './conditions.ts';

const knownOptions: ReadonlySet<string> = new Set([
  'Validate',
  'SkipDryRunOnMissingResource',
  'Prune',
  'PruneLast',
  'Delete',
  'Replace',
  'Force',
  'ServerSideApply',
  'ClientSideApplyMigration',
  'CreateNamespace',
  'ApplyOutOfSyncOnly',
  'PrunePropagationPolicy',
  'RespectIgnoreDifferences',
  'FailOnSharedResource',
]);

/** Fields that Argo CD acts on and this controller does not: a condition names each, so that nobody waits in vain. */
export function findUnsupported({ spec, metadata }: Application): readonly Finding[] {
  const fields: string[] = [];
  if (spec.sourceHydrator !== undefined) fields.push('spec.sourceHydrator');
  if (metadata.annotations?.['argocd.argoproj.io/hydrate'] !== undefined) {
    fields.push('annotation argocd.argoproj.io/hydrate');
  }
  if (metadata.annotations?.[annotations.compareOptions]?.includes('ServerSideDiff=true')) {
    fields.push('compare option ServerSideDiff=true (the result of an apply is predicted instead)');
  }
  for (const option of spec.syncPolicy?.syncOptions ?? []) {
    if (!knownOptions.has(option.trim().split('=')[0] ?? '')) fields.push(`sync option ${option}`);
  }
  return fields.map((field) => ({
    type: 'UnsupportedWarning',
    message: `Not implemented and without effect: ${field}.`,
  }));
}
