import type { Schema } from './schema.ts';

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const number: Schema = { type: 'integer', format: 'int64' };
const time: Schema = { type: 'string', format: 'date-time' };
const textMap: Schema = { type: 'object', additionalProperties: text };

function fields(properties: Record<string, Schema>): Readonly<Record<string, Schema>> {
  return Object.assign(Object.create(null) as Record<string, Schema>, properties);
}

const ownerReference: Schema = {
  type: 'object',
  mapType: 'atomic',
  required: ['apiVersion', 'kind', 'name', 'uid'],
  properties: fields({
    apiVersion: text,
    blockOwnerDeletion: flag,
    controller: flag,
    kind: text,
    name: text,
    uid: text,
  }),
};

const managedFieldsEntry: Schema = {
  type: 'object',
  properties: fields({
    apiVersion: text,
    fieldsType: text,
    fieldsV1: { type: 'object' },
    manager: text,
    operation: text,
    subresource: text,
    time,
  }),
};

/** metav1.ObjectMeta: what every object has, also where a CRD says only `metadata: {type: object}`. */
export const objectMetaSchema: Schema = {
  type: 'object',
  omitsZero: new Set([
    'creationTimestamp',
    'generateName',
    'generation',
    'name',
    'namespace',
    'resourceVersion',
    'selfLink',
    'uid',
  ]),
  typeName: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  properties: fields({
    annotations: textMap,
    creationTimestamp: time,
    deletionGracePeriodSeconds: number,
    deletionTimestamp: time,
    finalizers: { type: 'array', items: text, listType: 'set', patchStrategy: ['merge'] },
    generateName: text,
    generation: number,
    labels: textMap,
    managedFields: { type: 'array', items: managedFieldsEntry, listType: 'atomic' },
    name: text,
    namespace: text,
    ownerReferences: {
      type: 'array',
      items: ownerReference,
      listType: 'map',
      listMapKeys: ['uid'],
      patchStrategy: ['merge'],
      patchMergeKey: 'uid',
    },
    resourceVersion: text,
    selfLink: text,
    uid: text,
  }),
};
