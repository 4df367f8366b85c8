import { isRecord } from '#base/json';
import { parseYamlDocuments } from '#libs/languages/yaml';
import { invalidManifest } from '../manifest-errors.ts';

/** What a chart says that it needs. */
export interface DeclaredDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
}

const namePattern = /^[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,251}[a-zA-Z0-9])?$/;

/** The `dependencies` of a Chart.yaml, Chart.lock or requirements file. Pure. Throws MANIFEST_INVALID. */
export function parseDependencies(text: string, file: string): DeclaredDependency[] {
  const value = parseYamlDocuments(text, { file })[0]?.value ?? {};
  if (!isRecord(value)) throw invalidManifest({ file }, 'it must hold one object');
  const { dependencies } = value;
  if (dependencies === undefined || dependencies === null) return [];
  if (!Array.isArray(dependencies)) throw invalidManifest({ file }, '"dependencies" must be a list');
  return dependencies.map((dependency: unknown) => {
    const field = (name: string) => {
      const text = isRecord(dependency) ? dependency[name] : undefined;
      return typeof text === 'string' || typeof text === 'number' ? String(text) : '';
    };
    return { name: chartName(field('name'), file), version: field('version'), repository: field('repository') };
  });
}

/** A chart's name becomes part of paths and URLs: nothing else than a plain name may get there. Throws MANIFEST_INVALID. */
export function chartName(name: string, file?: string): string {
  if (namePattern.test(name) && !name.includes('..')) return name;
  throw invalidManifest({ file }, `"${name.slice(0, 100)}" is no valid name of a chart`);
}
