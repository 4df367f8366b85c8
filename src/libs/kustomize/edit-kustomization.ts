import { WindlassError } from '#base/errors';
import { isRecord } from '#base/json';
import { mergeImages } from './merge-images.ts';

export interface KustomizationEdits {
  readonly namePrefix?: string | undefined;
  readonly nameSuffix?: string | undefined;
  readonly namespace?: string | undefined;
  readonly images?: readonly string[];
  readonly replicas?: readonly { readonly name: string; readonly count: number | string }[];
  readonly commonLabels?: Readonly<Record<string, string>>;
  readonly commonAnnotations?: Readonly<Record<string, string>>;
  readonly forceCommonLabels?: boolean;
  readonly forceCommonAnnotations?: boolean;
  readonly labelWithoutSelector?: boolean;
  readonly labelIncludeTemplates?: boolean;
  readonly components?: readonly string[];
  readonly patches?: readonly unknown[];
}

type Kustomization = Readonly<Record<string, unknown>>;

/**
 * A kustomization with an application's own settings in it, as `kustomize edit` would put them there
 * (`compatibility.md` a.4). Pure. Throws KUSTOMIZATION_INVALID.
 */
export function editKustomization(kustomization: Kustomization, edits: KustomizationEdits): Kustomization {
  const { namePrefix, nameSuffix, namespace, images = [], replicas = [], components = [], patches = [] } = edits;
  return {
    ...kustomization,
    ...(namePrefix ? { namePrefix } : {}),
    ...(nameSuffix ? { nameSuffix } : {}),
    ...(namespace ? { namespace } : {}),
    ...(images.length > 0 ? { images: mergeImages(listOf(kustomization, 'images'), images) } : {}),
    ...(replicas.length > 0 ? { replicas: mergeReplicas(listOf(kustomization, 'replicas'), replicas) } : {}),
    ...editLabels(kustomization, edits),
    ...editAnnotations(kustomization, edits),
    ...(components.length > 0
      ? { components: [...new Set([...listOf(kustomization, 'components'), ...components])] }
      : {}),
    ...(patches.length > 0 ? { patches: [...listOf(kustomization, 'patches'), ...patches] } : {}),
  };
}

function mergeReplicas(existing: readonly unknown[], given: NonNullable<KustomizationEdits['replicas']>): unknown[] {
  const names = new Set(given.map(({ name }) => name));
  const kept = existing.filter((replica) => !(isRecord(replica) && names.has(String(replica['name']))));
  return [...kept, ...given.map(({ name, count }) => ({ name, count: toCount(name, count) }))];
}

function toCount(name: string, count: number | string): number {
  const number = Number(count);
  if (Number.isSafeInteger(number) && number >= 0 && String(count).trim() !== '') return number;
  throw invalid(`the replica count of "${name}" must be a whole number, not "${count}"`);
}

function editLabels(kustomization: Kustomization, edits: KustomizationEdits): Kustomization {
  const pairs = edits.commonLabels ?? {};
  if (Object.keys(pairs).length === 0) return {};
  if (edits.labelIncludeTemplates && !edits.labelWithoutSelector)
    throw invalid('labelIncludeTemplates needs labelWithoutSelector');
  if (!edits.labelWithoutSelector)
    return { commonLabels: addPairs('label', mapOf(kustomization, 'commonLabels'), pairs, edits.forceCommonLabels) };
  const entry = { pairs, includeSelectors: false, includeTemplates: edits.labelIncludeTemplates ?? false };
  return { labels: [...listOf(kustomization, 'labels'), entry] };
}

function editAnnotations(kustomization: Kustomization, edits: KustomizationEdits): Kustomization {
  const pairs = edits.commonAnnotations ?? {};
  if (Object.keys(pairs).length === 0) return {};
  const existing = mapOf(kustomization, 'commonAnnotations');
  return { commonAnnotations: addPairs('annotation', existing, pairs, edits.forceCommonAnnotations) };
}

function addPairs(
  what: string,
  existing: Kustomization,
  pairs: Readonly<Record<string, string>>,
  isForced = false,
): Kustomization {
  const taken = Object.keys(pairs).find((key) => Object.hasOwn(existing, key));
  if (taken !== undefined && !isForced) throw invalid(`the ${what} "${taken}" is already in the kustomization file`);
  return { ...existing, ...pairs };
}

function listOf(kustomization: Kustomization, field: string): readonly unknown[] {
  const value = kustomization[field] ?? [];
  if (Array.isArray(value)) return value;
  throw invalid(`"${field}" must be a list`);
}

function mapOf(kustomization: Kustomization, field: string): Kustomization {
  const value = kustomization[field] ?? {};
  if (isRecord(value)) return value;
  throw invalid(`"${field}" must be an object`);
}

function invalid(why: string): WindlassError {
  return new WindlassError({
    code: 'KUSTOMIZATION_INVALID',
    kind: 'InvalidInput',
    message: `The settings of the application do not fit the kustomization: ${why}.`,
    hint: 'Correct the kustomize section of the source, or the kustomization file.',
    at: { field: 'kustomize' },
  });
}
