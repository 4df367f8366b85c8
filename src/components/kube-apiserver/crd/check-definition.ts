import { isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { FieldError } from '../answers/field-error.ts';
import { forbiddenField, invalid, notSupported, required } from '../answers/field-error.ts';
import type { Fields } from '../registry/strategies/fields.ts';
import { fieldsOf, textOf } from '../registry/strategies/fields.ts';
import { checkName } from '../validation/names.ts';
import { checkRules } from './check-rules.ts';
import { namesOf, versionsOf } from './definition.ts';

/** What keeps a CustomResourceDefinition from being served. */
export function checkDefinition(definition: KubeObject): FieldError[] {
  const spec = fieldsOf(definition, 'spec');
  const group = textOf(spec, 'group');
  const { plural } = namesOf(definition);
  const errors: FieldError[] = [];
  if (definition.metadata.name !== `${plural}.${group}`) {
    errors.push(invalid('metadata.name', definition.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  }
  errors.push(...checkGroup(group));
  const scope = textOf(spec, 'scope');
  if (scope !== 'Cluster' && scope !== 'Namespaced') {
    errors.push(scope === '' ? required('spec.scope') : notSupported('spec.scope', scope, ['Cluster', 'Namespaced']));
  }
  errors.push(...checkVersions(definition), ...checkNames(definition));
  return errors;
}

function checkGroup(group: string): FieldError[] {
  if (group === '') return [required('spec.group')];
  if (!group.includes('.')) return [invalid('spec.group', group, 'should be a domain with at least one dot')];
  return checkName('subdomain', group).map((why) => invalid('spec.group', group, why));
}

function checkNames(definition: KubeObject): FieldError[] {
  const names = fieldsOf(fieldsOf(definition, 'spec'), 'names');
  const { plural, singular, kind, listKind, shortNames } = namesOf(definition);
  const errors: FieldError[] = [];
  const label = (field: string, value: string) =>
    checkName('dns1035', value).map((why) => invalid(`spec.names.${field}`, value, why));
  if (plural === '') errors.push(required('spec.names.plural'));
  else errors.push(...label('plural', plural));
  if (textOf(names, 'singular') !== '') errors.push(...label('singular', singular));
  if (kind === '') errors.push(required('spec.names.kind'));
  else
    errors.push(
      ...checkName('dns1035', kind.toLowerCase()).map((why) =>
        invalid('spec.names.kind', kind, `may have mixed case, but should otherwise match: ${why}`),
      ),
    );
  if (kind !== '' && kind === listKind)
    errors.push(invalid('spec.names.listKind', listKind, 'kind and listKind may not be the same'));
  shortNames.forEach((one, index) =>
    errors.push(...checkName('dns1035', one).map((why) => invalid(`spec.names.shortNames[${index}]`, one, why))),
  );
  return errors;
}

function checkVersions(definition: KubeObject): FieldError[] {
  const versions = versionsOf(definition);
  const errors: FieldError[] = [];
  const stored = versions.filter((one) => one['storage'] === true);
  if (stored.length !== 1)
    errors.push(
      invalid(
        'spec.versions',
        definition['spec'] && fieldsOf(definition, 'spec')['versions'],
        'must have exactly one version marked as storage version',
      ),
    );
  const seen = new Set<string>();
  versions.forEach((version, index) => {
    const field = `spec.versions[${index}]`;
    const name = textOf(version, 'name');
    if (seen.has(name)) errors.push(invalid('spec.versions', versions, 'must contain unique version names'));
    seen.add(name);
    errors.push(...checkName('dns1035', name).map((why) => invalid(`${field}.name`, name, why)));
    const schema = fieldsOf(version, 'schema')['openAPIV3Schema'];
    if (!isRecord(schema)) errors.push(required(`${field}.schema.openAPIV3Schema`, 'schemas are required'));
    else errors.push(...checkSchemaRoot(schema, `${field}.schema.openAPIV3Schema`));
  });
  return errors;
}

function checkSchemaRoot(schema: Fields, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const type = schema['type'];
  if (type === undefined) errors.push(required(`${field}.type`, 'must not be empty at the root'));
  else if (type !== 'object') errors.push(invalid(`${field}.type`, type, 'must be object at the root'));
  return [...errors, ...checkStructural(schema, field), ...checkRules(schema, field)];
}

/** Every field must have a type, so that objects can be pruned. */
function checkStructural(schema: Fields, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const hasType =
    schema['type'] !== undefined ||
    schema['x-kubernetes-int-or-string'] === true ||
    schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (!hasType) errors.push(required(`${field}.type`, 'must not be empty for specified object fields'));
  if (schema['properties'] !== undefined && schema['additionalProperties'] !== undefined) {
    errors.push(
      forbiddenField(`${field}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'),
    );
  }
  if (schema['type'] === 'array' && !isRecord(schema['items']))
    errors.push(required(`${field}.items`, 'must be specified'));
  for (const [name, property] of Object.entries(fieldsOf(schema, 'properties'))) {
    if (isRecord(property)) errors.push(...checkStructural(property, `${field}.properties[${name}]`));
  }
  const { items, additionalProperties } = schema;
  if (isRecord(items)) errors.push(...checkStructural(items, `${field}.items`));
  if (isRecord(additionalProperties))
    errors.push(...checkStructural(additionalProperties, `${field}.additionalProperties`));
  return errors;
}

/** Group, scope and kind of what is stored cannot change. */
export function checkDefinitionChange(next: KubeObject, old: KubeObject): FieldError[] {
  const after = fieldsOf(next, 'spec');
  const before = fieldsOf(old, 'spec');
  const errors: FieldError[] = [];
  for (const field of ['group', 'scope']) {
    if (after[field] !== before[field]) errors.push(invalid(`spec.${field}`, after[field], 'field is immutable'));
  }
  for (const field of ['plural', 'kind']) {
    if (fieldsOf(after, 'names')[field] !== fieldsOf(before, 'names')[field]) {
      errors.push(invalid(`spec.names.${field}`, fieldsOf(after, 'names')[field], 'field is immutable'));
    }
  }
  return errors;
}
