import type { Schema } from '#libs/kube/schema';
import { objectMetaSchema } from '#libs/kube/schema';

/** For kinds whose schema is unknown: any field is kept, maps merge key by key, lists are replaced; metadata is as everywhere. */
export const deducedSchema: Schema = Object.freeze({
  type: 'object',
  preserveUnknownFields: true,
  properties: Object.freeze(
    Object.assign(Object.create(null) as Record<string, Schema>, {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: objectMetaSchema,
    } satisfies Record<string, Schema>),
  ),
});
