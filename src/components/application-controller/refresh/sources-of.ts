import type { Application, ApplicationSource, ApplicationSpec } from '#core/api';
import type { RevisionQuery } from '#core/contracts';

/** The sources that count: `sources` when there are any, else `source` (`compatibility.md` a.1). */
export function sourcesOf(spec: Pick<ApplicationSpec, 'source' | 'sources'>): readonly ApplicationSource[] {
  if (spec.sources !== undefined && spec.sources.length > 0) return spec.sources;
  return spec.source === undefined ? [] : [spec.source];
}

export function isMultiSource(spec: Pick<ApplicationSpec, 'sources'>): boolean {
  return spec.sources !== undefined && spec.sources.length > 0;
}

export function revisionQueryOf({ targetRevision = '', chart, tagPrefix }: ApplicationSource): RevisionQuery {
  return {
    targetRevision,
    ...(chart === undefined || chart === '' ? {} : { chart }),
    ...(tagPrefix === undefined || tagPrefix === '' ? {} : { tagPrefix }),
  };
}

/** "namespace/name", the key of queues and caches. */
export function applicationKey({ metadata }: Pick<Application, 'metadata'>): string {
  return `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
}
