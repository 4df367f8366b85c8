import type { Application, ApplicationSource } from '#core/api';

/** `sources` win over `source` (`compatibility.md` a.1). */
export function sourcesOf({ spec }: Pick<Application, 'spec'>): readonly ApplicationSource[] {
  if (spec.sources !== undefined && spec.sources.length > 0) return spec.sources;
  return spec.source === undefined ? [] : [spec.source];
}
