import {
  applyDefaults,
  objectMetaSchema,
  pruneUnknown,
  schemaFromCrd,
  unknownFields,
  validateSchema,
} from '#libs/kube/schema';
import type { KubeObject } from '#libs/kube';
import { findTypeMismatch } from '../schemas/check-types.ts';
import type { ObjectSchema } from '../schemas/object-schema.ts';
import { ownMetadata } from '../schemas/object-schema.ts';
import { evaluateRules } from './validation-rules.ts';

/** The schema of one version of a custom resource. */
export function customSchema(openApiV3Schema: unknown): ObjectSchema {
  const schema = schemaFromCrd(openApiV3Schema);
  return {
    schema,
    // Only metadata has a compiled type; everything else is the schema's own affair.
    typeMismatch: ({ metadata }) =>
      findTypeMismatch({ type: 'object', properties: { metadata: objectMetaSchema } }, { metadata }),
    unknown: (object) => unknownFields(schema, object),
    prune: (object) => pruneUnknown(schema, object).object,
    setDefaults: (object) => ownMetadata(applyDefaults(schema, object)),
    validate: (object, old) => validateCustom(object, old),
  };

  function validateCustom(object: KubeObject, old: KubeObject | undefined) {
    const errors = validateSchema(schema, object);
    // Rules read fields by their types, so they wait until those are right.
    return errors.length > 0 ? errors : evaluateRules(schema, object, old);
  }
}
