import type { Schema } from '../schema/index.ts';
import { FieldSet, fieldPath } from './field-set.ts';
import type { Path } from './path-element.ts';

/** Fields that an endpoint leaves as they are: nobody becomes their owner there. */
export function ignoredFields(schema: Schema, subresource: string, resetFields: readonly Path[] | undefined): FieldSet {
  return resetFields === undefined ? defaultIgnored(schema, subresource) : FieldSet.fromPaths(resetFields);
}

const status = FieldSet.fromPaths([fieldPath('status')]);
const specAndStatus = FieldSet.fromPaths([fieldPath('spec'), fieldPath('status')]);
const specAndLabels = FieldSet.fromPaths([fieldPath('spec'), fieldPath('metadata', 'labels')]);
const specOnly = FieldSet.fromPaths([fieldPath('spec')]);

function defaultIgnored(schema: Schema, subresource: string): FieldSet {
  // A custom resource has a status endpoint only when its CRD says so; its caller knows and names the fields.
  if (schema.compiled !== true) return FieldSet.empty;
  const type = schema.typeName ?? '';
  if (subresource === 'status') return type.startsWith('io.k8s.api.apps.') ? specAndLabels : specOnly;
  if (subresource !== '' || schema.properties?.['status'] === undefined) return FieldSet.empty;
  // What a signing request asks for never changes.
  return type.endsWith('.certificates.v1.CertificateSigningRequest') ? specAndStatus : status;
}
