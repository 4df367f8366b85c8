import type { Application } from '#core/api';
import type { Finding } from './conditions.ts';
import { sourcesOf } from '../refresh/sources-of.ts';

/** Fields that Argo CD acts on and this controller does not: a condition names each, so that nobody waits in vain. */
export function findUnsupported({ spec, metadata }: Application): readonly Finding[] {
  const fields: string[] = [];
  if (spec.sourceHydrator !== undefined) fields.push('spec.sourceHydrator');
  for (const [index, source] of sourcesOf(spec).entries()) {
    if (source.plugin?.parameters !== undefined && source.plugin.name === undefined) {
      fields.push(`spec.sources[${index}].plugin (without a name)`);
    }
  }
  if (metadata.annotations?.['argocd.argoproj.io/hydrate'] !== undefined) {
    fields.push('annotation argocd.argoproj.io/hydrate');
  }
  if (metadata.annotations?.['argocd.argoproj.io/compare-options']?.includes('ServerSideDiff=true')) {
    fields.push('compare option ServerSideDiff=true (the result of an apply is predicted instead)');
  }
  return fields.map((field) => ({
    type: 'UnsupportedWarning',
    message: `Not implemented and without effect: ${field}.`,
  }));
}
