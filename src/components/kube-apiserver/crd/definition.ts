import type { KubeObject } from '#libs/kube';
import type { Fields } from '../registry/strategies/fields.ts';
import { fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';

export const definitions = 'customresourcedefinitions.apiextensions.k8s.io';
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

export interface DefinitionNames {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

/** The names under which a definition's resources are served. */
export function namesOf(definition: KubeObject): DefinitionNames {
  const names = fieldsOf(fieldsOf(definition, 'spec'), 'names');
  const kind = textOf(names, 'kind');
  const list = (key: string) => (Array.isArray(names[key]) ? (names[key] as string[]) : []);
  return {
    plural: textOf(names, 'plural'),
    singular: textOf(names, 'singular') || kind.toLowerCase(),
    kind,
    listKind: textOf(names, 'listKind') || `${kind}List`,
    shortNames: list('shortNames'),
    categories: list('categories'),
  };
}

export function versionsOf(definition: KubeObject): readonly Fields[] {
  return listOf(fieldsOf(definition, 'spec'), 'versions');
}

export function isEstablished(definition: KubeObject): boolean {
  return listOf(fieldsOf(definition, 'status'), 'conditions').some(
    (one) => one['type'] === 'Established' && one['status'] === 'True',
  );
}
