import { buildSchema } from './build-schema.ts';
import { objectMetaSchema } from './object-meta-schema.ts';
import type { Schema } from './schema.ts';

const text: Schema = { type: 'string' };

/**
 * The schema of a custom resource from `spec.versions[].schema.openAPIV3Schema`. `apiVersion`, `kind` and `metadata` are what
 * every object has; of what a CRD says about metadata only the validation of name and generateName counts.
 */
export function schemaFromCrd(openApiV3Schema: unknown): Schema {
  const schema = buildSchema((openApiV3Schema ?? {}) as Readonly<Record<string, unknown>>);
  const declared = schema.properties?.['metadata']?.properties;
  const properties = Object.assign(Object.create(null) as Record<string, Schema>, schema.properties, {
    apiVersion: text,
    kind: text,
    metadata: declared === undefined ? objectMetaSchema : withNameRules(declared),
  });
  return { ...schema, type: schema.type ?? 'object', properties, compiled: false };
}

function withNameRules(declared: Readonly<Record<string, Schema>>): Schema {
  const properties = Object.assign(Object.create(null) as Record<string, Schema>, objectMetaSchema.properties);
  for (const field of ['name', 'generateName']) {
    if (declared[field] !== undefined) properties[field] = declared[field];
  }
  return { ...objectMetaSchema, properties };
}
