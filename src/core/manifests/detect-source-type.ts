import type { ApplicationSource } from '#core/api';
import type { RenderSettings, SourceType } from '#core/contracts';
import { kustomizationNames } from './kustomize/collect-roots.ts';
import { invalidSource } from './manifest-errors.ts';

const explicitTypes = Object.freeze({
  helm: 'Helm',
  kustomize: 'Kustomize',
  directory: 'Directory',
  plugin: 'Plugin',
} as const);
type ToolField = keyof typeof explicitTypes;

/** The type that a source states by its own field; undefined when it states none. Throws SOURCE_INVALID for several. */
export function explicitSourceType(source: ApplicationSource): SourceType | undefined {
  const fields = (Object.keys(explicitTypes) as ToolField[]).filter((field) => isSet(source[field]));
  if (fields.length > 1)
    throw invalidSource(
      `multiple application sources defined: ${fields.map((field) => explicitTypes[field]).join(',')}`,
    );
  return fields[0] && explicitTypes[fields[0]];
}

/** An empty section says nothing; an empty plug-in section asks for discovery. */
function isSet(value: object | undefined): boolean {
  return value !== undefined && Object.keys(value).length > 0;
}

/** The type that the names in a directory stand for (`compatibility.md` a.2); a tool that is switched off counts as absent. */
export function detectSourceType(names: readonly string[], settings: RenderSettings): SourceType {
  if (names.includes('Chart.yaml') && settings.helmEnabled) return 'Helm';
  if (kustomizationNames.some((name) => names.includes(name)) && settings.kustomizeEnabled) return 'Kustomize';
  return 'Directory';
}

/** What a source becomes when its tool is switched off. */
export function permittedSourceType(type: SourceType, settings: RenderSettings): SourceType {
  if (type === 'Helm' && !settings.helmEnabled) return 'Directory';
  if (type === 'Kustomize' && !settings.kustomizeEnabled) return 'Directory';
  return type;
}
