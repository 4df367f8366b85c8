import type { KustomizeSource } from '#core/api';
import type { OptionDefinition } from '../program/command-definition.ts';
import type { Flags } from '../program/flags.ts';
import { mergeByName } from './helm-flags.ts';

export const kustomizeFlags: readonly OptionDefinition[] = [
  { name: 'nameprefix', type: 'string', summary: 'Kustomize name prefix' },
  { name: 'namesuffix', type: 'string', summary: 'Kustomize name suffix' },
  { name: 'kustomize-image', type: 'strings', summary: 'Kustomize image, e.g. nginx=registry.example.com/nginx:1.27' },
  { name: 'kustomize-replica', type: 'pairs', summary: 'Kustomize replica count, e.g. web=3' },
  { name: 'kustomize-version', type: 'string', summary: 'Kustomize version' },
  { name: 'kustomize-namespace', type: 'string', summary: 'Kustomize namespace' },
  { name: 'kustomize-common-label', type: 'pairs', summary: 'Label that Kustomize sets on everything' },
  { name: 'kustomize-common-annotation', type: 'pairs', summary: 'Annotation that Kustomize sets on everything' },
  { name: 'kustomize-force-common-label', type: 'boolean', summary: 'Common labels replace existing ones' },
  { name: 'kustomize-force-common-annotation', type: 'boolean', summary: 'Common annotations replace existing ones' },
  { name: 'kustomize-label-without-selector', type: 'boolean', summary: 'Common labels stay out of selectors' },
  { name: 'kustomize-label-include-templates', type: 'boolean', summary: 'Common labels go into templates' },
  { name: 'kustomize-kube-version', type: 'string', summary: 'Kubernetes version that Kustomize is told' },
  { name: 'kustomize-api-versions', type: 'strings', summary: 'API versions that Kustomize is told' },
  { name: 'ignore-missing-components', type: 'boolean', summary: 'Components that do not exist are no error' },
];

const texts: Readonly<Record<string, 'namePrefix' | 'nameSuffix' | 'version' | 'namespace' | 'kubeVersion'>> = {
  nameprefix: 'namePrefix',
  namesuffix: 'nameSuffix',
  'kustomize-version': 'version',
  'kustomize-namespace': 'namespace',
  'kustomize-kube-version': 'kubeVersion',
};

const booleans: Readonly<
  Record<
    string,
    | 'forceCommonLabels'
    | 'forceCommonAnnotations'
    | 'labelWithoutSelector'
    | 'labelIncludeTemplates'
    | 'ignoreMissingComponents'
  >
> = {
  'kustomize-force-common-label': 'forceCommonLabels',
  'kustomize-force-common-annotation': 'forceCommonAnnotations',
  'kustomize-label-without-selector': 'labelWithoutSelector',
  'kustomize-label-include-templates': 'labelIncludeTemplates',
  'ignore-missing-components': 'ignoreMissingComponents',
};

/** What the flags say about Kustomize; undefined where neither they nor the source do. Pure. */
export function applyKustomizeFlags(kustomize: KustomizeSource | undefined, flags: Flags): KustomizeSource | undefined {
  if (!kustomizeFlags.some(({ name }) => flags.isSet(name))) return kustomize;
  const changed: KustomizeSource = { ...kustomize };
  for (const [flag, field] of Object.entries(texts)) if (flags.isSet(flag)) changed[field] = flags.text(flag) ?? '';
  for (const [flag, field] of Object.entries(booleans)) if (flags.isSet(flag)) changed[field] = flags.is(flag);
  const images = flags.list('kustomize-image');
  if (images.length > 0) changed.images = addImages(kustomize?.images ?? [], images);
  const replicas = flags.pairs('kustomize-replica').map(([name, count]) => ({ name, count: replicaCount(count) }));
  if (replicas.length > 0) changed.replicas = mergeByName(kustomize?.replicas ?? [], replicas);
  const labels = flags.pairs('kustomize-common-label');
  if (labels.length > 0) changed.commonLabels = { ...kustomize?.commonLabels, ...Object.fromEntries(labels) };
  const annotations = flags.pairs('kustomize-common-annotation');
  if (annotations.length > 0)
    changed.commonAnnotations = { ...kustomize?.commonAnnotations, ...Object.fromEntries(annotations) };
  if (flags.isSet('kustomize-api-versions')) changed.apiVersions = [...flags.list('kustomize-api-versions')];
  return changed;
}

/** One image per name; a later one replaces an earlier one at its place. */
function addImages(before: readonly string[], given: readonly string[]): string[] {
  const byName = new Map([...before, ...given].map((image) => [imageName(image), image]));
  return [...byName.values()];
}

/** `nginx` of `nginx=registry.example.com/nginx:1.27`, `nginx:1.27` and `nginx@sha256:…`. */
export function imageName(image: string): string {
  if (image.includes('=')) return image.slice(0, image.indexOf('='));
  const plain = image.split('@')[0] ?? '';
  const colon = plain.lastIndexOf(':');
  return colon > plain.lastIndexOf('/') ? plain.slice(0, colon) : plain;
}

function replicaCount(text: string): number | string {
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}
