import type { KubeObject } from '#libs/kube';
import { formatApiVersion } from '#libs/kube';
import type { CustomResourceTraits, ServedResource, ServedSubresource } from '../registry/served-resource.ts';
import type { Fields } from '../registry/strategies/fields.ts';
import { fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';
import { defaultStrategy } from '../registry/strategy.ts';
import type { TableColumn } from '../resources/api-documents.ts';
import type { ObjectSchema } from '../schemas/object-schema.ts';
import { customSchema } from './custom-schema.ts';
import { namesOf, versionsOf } from './definition.ts';
import { customColumns } from './printer-columns.ts';

const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const partVerbs = ['get', 'patch', 'update'];

/** The resources that a definition serves, one per served version, the storage version first among equals. */
export function customResources(definition: KubeObject, nameColumn: TableColumn): readonly ServedResource[] {
  const spec = fieldsOf(definition, 'spec');
  const group = textOf(spec, 'group');
  const storage = versionsOf(definition).find((one) => one['storage'] === true);
  const storageApiVersion = formatApiVersion({ group, version: textOf(storage, 'name') });
  return versionsOf(definition)
    .filter((version) => version['served'] === true || version['storage'] === true)
    .map((version) => customResource(definition, version, { nameColumn, storageApiVersion }));
}

interface Shared {
  readonly nameColumn: TableColumn;
  readonly storageApiVersion: string;
}

function customResource(
  definition: KubeObject,
  version: Fields,
  { nameColumn, storageApiVersion }: Shared,
): ServedResource {
  const spec = fieldsOf(definition, 'spec');
  const group = textOf(spec, 'group');
  const name = textOf(version, 'name');
  const { plural, singular, kind, listKind, shortNames, categories } = namesOf(definition);
  const apiVersion = formatApiVersion({ group, version: name });
  const { columns, print } = customColumns(listOf(version, 'additionalPrinterColumns'), nameColumn);
  const traits = traitsOf(definition, version);
  let schema: ObjectSchema | undefined;
  const schemaOf = () =>
    (schema ??= customSchema(fieldsOf(version, 'schema')['openAPIV3Schema'], traits.scale?.specReplicasPath));
  const at = (wanted: string) => (object: KubeObject) =>
    object.apiVersion === wanted ? object : { ...object, apiVersion: wanted };
  return {
    group,
    version: name,
    resource: plural,
    kind,
    namespaced: textOf(spec, 'scope') === 'Namespaced',
    singular,
    listKind,
    verbs: version['served'] === true ? verbs : [],
    shortNames,
    categories,
    subresources: subresourcesOf(traits, { group, version: name, kind }),
    builtin: false,
    apiVersion,
    collection: `${plural}.${group}`,
    storageApiVersion,
    strategy: { ...defaultStrategy, hasGeneration: true, hasStatus: traits.hasStatus, unconditionalUpdate: false },
    schema: schemaOf,
    columns,
    selectableFields: listOf(version, 'selectableFields').map((one) => textOf(one, 'jsonPath').replace(/^\./, '')),
    fromStorage: at(apiVersion),
    toStorage: at(storageApiVersion),
    printRow: (object, now) => print(object, now),
    custom: traits,
  };
}

function traitsOf(definition: KubeObject, version: Fields): CustomResourceTraits {
  const subresources = fieldsOf(version, 'subresources');
  const scale = fieldsOf(subresources, 'scale');
  const label = textOf(scale, 'labelSelectorPath');
  return {
    definition: definition.metadata.name ?? '',
    openApiSchema: fieldsOf(version, 'schema')['openAPIV3Schema'],
    hasStatus: subresources['status'] !== undefined,
    ...(subresources['scale'] === undefined
      ? {}
      : {
          scale: {
            specReplicasPath: textOf(scale, 'specReplicasPath'),
            statusReplicasPath: textOf(scale, 'statusReplicasPath'),
            ...(label === '' ? {} : { labelSelectorPath: label }),
          },
        }),
  };
}

function subresourcesOf(traits: CustomResourceTraits, kind: ServedSubresource['kind']): readonly ServedSubresource[] {
  const status = traits.hasStatus ? [{ name: 'status', kind, verbs: partVerbs }] : [];
  const scale = traits.scale
    ? [{ name: 'scale', kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs: partVerbs }]
    : [];
  return [...status, ...scale];
}
