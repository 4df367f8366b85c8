import { isRecord } from '#base/json';
import type { KubeObject } from '../objects.ts';
import { ownField, setField } from '../own-field.ts';
import type { Schema } from '../schema/index.ts';
import { FieldSet, fieldPath } from './field-set.ts';
import type { Path } from './path-element.ts';

/** Fields that an endpoint leaves as they are: nobody becomes their owner there. */
export function ignoredFields(schema: Schema, subresource: string, resetFields: readonly Path[] | undefined): FieldSet {
  return resetFields === undefined ? defaultIgnored(schema, subresource) : FieldSet.fromPaths(resetFields);
}

/** The object with the ignored fields as they are in the live one. A new object has nothing to keep, but no status either. */
export function keepIgnored(object: KubeObject, live: KubeObject | undefined, ignored: FieldSet): KubeObject {
  if (ignored.isEmpty) return object;
  return live === undefined
    ? (withFieldsOf(object, {}, ignored.intersection(status)) as KubeObject)
    : (withFieldsOf(object, live, ignored) as KubeObject);
}

type JsonMap = Readonly<Record<string, unknown>>;

function withFieldsOf(object: JsonMap, other: JsonMap, fields: FieldSet): JsonMap {
  const kept: Record<string, unknown> = { ...object };
  for (const element of fields.members) {
    const value = ownField(other, element.slice(2));
    if (value === undefined) delete kept[element.slice(2)];
    else setField(kept, element.slice(2), value);
  }
  for (const [element, below] of fields.children) {
    const [value, otherValue] = [ownField(kept, element.slice(2)), ownField(other, element.slice(2))];
    if (isRecord(value))
      setField(kept, element.slice(2), withFieldsOf(value, isRecord(otherValue) ? otherValue : {}, below));
  }
  return kept;
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
