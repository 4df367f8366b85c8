import type { KubeObject } from '#libs/kube';
import { formatApiVersion } from '#libs/kube';
import type { ApiDocuments, DiscoveredGroup, DiscoveredResource } from '../resources/api-documents.ts';
import { builtinSchema } from '../schemas/object-schema.ts';
import { selectableFields } from '../selectors/field-selector.ts';
import { printerFor } from '../tables/printers.ts';
import { conversionFor } from './conversions.ts';
import type { ServedResource } from './served-resource.ts';
import { strategyFor } from './strategies/strategy-for.ts';

/** All built-in resources at all their versions, from the generated discovery. */
export function builtinResources(documents: ApiDocuments): readonly ServedResource[] {
  const groups = [...documents.discovery.core.items, ...documents.discovery.groups.items];
  return groups.flatMap((group) =>
    group.versions.flatMap(({ version, resources }) =>
      resources.map((resource) => builtinResource(documents, resource, { group: groupName(group), version })),
    ),
  );
}

function groupName({ metadata }: DiscoveredGroup): string {
  return metadata.name ?? '';
}

function builtinResource(
  documents: ApiDocuments,
  found: DiscoveredResource,
  { group, version }: { group: string; version: string },
): ServedResource {
  const apiVersion = formatApiVersion({ group, version });
  const kind = found.responseKind.kind;
  const { collection, storageApiVersion, fromStorage, toStorage } = conversionFor(group, version, found.resource);
  const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
  let schema: ReturnType<typeof builtinSchema> | undefined;
  return {
    group,
    version,
    resource: found.resource,
    kind,
    namespaced: found.scope === 'Namespaced',
    singular: found.singularResource,
    listKind: `${kind}List`,
    verbs: found.verbs,
    shortNames: found.shortNames ?? [],
    categories: found.categories ?? [],
    subresources: (found.subresources ?? []).map(({ subresource, responseKind, verbs }) => ({
      name: subresource,
      kind:
        responseKind.group === '' && responseKind.version === ''
          ? { group, version, kind: responseKind.kind }
          : responseKind,
      verbs,
    })),
    builtin: true,
    apiVersion,
    collection,
    storageApiVersion,
    strategy: strategyFor(group, found),
    schema: () =>
      (schema ??= builtinSchema(documents.schemas(path, { group, version }).get(kind), { group, version, kind })),
    columns: documents.columns[`${group}/${version}/${found.resource}`] ?? [],
    selectableFields: selectableFields(group, found.resource),
    fromStorage,
    toStorage,
    printRow: (object: KubeObject, now: number) => printerFor(group, found.resource)(fromStorage(object), now),
  };
}
