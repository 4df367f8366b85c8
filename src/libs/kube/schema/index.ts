export type { ListType, MapType, Schema, SchemaType, ValidationRule } from './schema.ts';
export { anySchema, fieldSchema, holdsAnyField, isScalarSchema } from './schema.ts';
export { objectMetaSchema } from './object-meta-schema.ts';
export { schemaFromOpenApi, schemasFromOpenApi } from './schema-from-openapi.ts';
export { schemaFromCrd } from './schema-from-crd.ts';
export type { SchemaSource } from './openapi-schemas.ts';
export { OpenApiSchemas } from './openapi-schemas.ts';
export { toCompiledForm, zeroObject } from './compiled-form.ts';
