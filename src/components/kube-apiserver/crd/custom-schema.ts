import {
  applyDefaults,
  objectMetaSchema,
  pruneUnknown,
  schemaFromCrd,
  unknownFields,
  validateSchema,
} from '#libs/kube/schema';
import type { Schema } from '#libs/kube/schema';
import type { KubeObject } from '#libs/kube';
import { getPath } from '#base/json';
import type { FieldError } from '../answers/field-error.ts';
import { invalid } from '../answers/field-error.ts';
import { findTypeMismatch } from '../schemas/check-types.ts';
import type { ObjectSchema } from '../schemas/object-schema.ts';
import { ownMetadata } from '../schemas/object-schema.ts';
import { evaluateRules } from './validation-rules.ts';

/** Metadata is a compiled type in custom resources too: free-form parts of it, as managed fields, are kept. */
const metadataOnly: Schema = { type: 'object', compiled: true, properties: { metadata: objectMetaSchema } };

/** The schema of one version of a custom resource. */
export function customSchema(openApiV3Schema: unknown, replicasPath: string | undefined): ObjectSchema {
  const schema = schemaFromCrd(openApiV3Schema);
  return {
    schema,
    // Only metadata has a compiled type; everything else is the schema's own affair.
    typeMismatch: ({ metadata }) => findTypeMismatch(metadataOnly, { metadata }),
    unknown: ({ metadata, ...rest }) => [...unknownFields(metadataOnly, { metadata }), ...unknownFields(schema, rest)],
    prune: ({ metadata, ...rest }) =>
      ({ ...pruneUnknown(schema, rest).object, ...pruneUnknown(metadataOnly, { metadata }).object }) as KubeObject,
    setDefaults: (object) => ownMetadata(applyDefaults(schema, object)),
    emptyStatus: undefined,
    validate: (object, old) => validateCustom(object, old),
  };

  function validateCustom(object: KubeObject, old: KubeObject | undefined) {
    const found = validateSchema(schema, object).toSorted((a, b) =>
      a.field < b.field ? -1 : a.field > b.field ? 1 : 0,
    );
    const errors = [...found, ...checkReplicas(object, replicasPath)];
    // Rules read fields by their types, so they wait until those are right.
    if (errors.length === 0) return evaluateRules(schema, object, old);
    return hasRules(schema) ? [...errors, notChecked] : errors;
  }
}

const notChecked = invalid(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

/** The field behind the scale subresource must hold a number of replicas. */
function checkReplicas(object: KubeObject, path: string | undefined): FieldError[] {
  if (path === undefined) return [];
  const value = getPath(object, ...path.split('.').filter((one) => one !== ''));
  if (value === undefined || value === null) return [];
  if (typeof value !== 'number') {
    return [
      invalid(
        path,
        0,
        `${path} accessor error: ${JSON.stringify(value).replace(/^"|"$/g, '')} is of the type ${typeof value}, expected int64`,
      ),
    ];
  }
  return value < 0 ? [invalid(path, value, 'should be a non-negative integer')] : [];
}

function hasRules(schema: Schema, seen = new Set<Schema>()): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  if ((schema.validations?.length ?? 0) > 0) return true;
  const parts = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  return parts.some((one) => one !== undefined && hasRules(one, seen));
}
