import type { GroupVersionKind, KubeObject } from '#libs/kube';
import {
  anySchema,
  applyDefaults,
  builtinDefaults,
  toCompiledForm,
  unknownFields,
  zeroObject,
} from '#libs/kube/schema';
import type { Schema } from '#libs/kube/schema';
import type { FieldError } from '../answers/field-error.ts';
import { findTypeMismatch } from './check-types.ts';

/** What the server needs to know of a kind's fields. */
export interface ObjectSchema {
  readonly schema: Schema;
  /** Go's words for a value that does not fit; undefined when all do. */
  typeMismatch(object: KubeObject): string | undefined;
  /** `unknown field "spec.foo"`, in the order in which they stand. */
  unknown(object: KubeObject): readonly string[];
  /** Without unknown fields, as the kind keeps it. */
  prune(object: KubeObject): KubeObject;
  setDefaults(object: KubeObject): KubeObject;
  /** The status of an object that nobody looked at yet; undefined when the kind writes none. */
  readonly emptyStatus: unknown;
  /** What schema and rules of a custom resource say; nothing for built-in kinds, which have validation of their own. */
  validate(object: KubeObject, old: KubeObject | undefined): readonly FieldError[];
}

/** The schema of a built-in kind as its group version's OpenAPI document gives it. */
export function builtinSchema(found: Schema | undefined, gvk: GroupVersionKind): ObjectSchema {
  const schema = found ?? anySchema;
  return {
    schema,
    typeMismatch: (object) => findTypeMismatch(schema, object),
    unknown: (object) => unknownFields(schema, object),
    // The compiled form knows no other fields.
    prune: (object) => toCompiledForm(schema, object),
    setDefaults: (object) => ownMetadata(builtinDefaults(gvk, applyDefaults(schema, object))),
    emptyStatus: zeroObject(schema)['status'],
    validate: () => [],
  };
}

/** Operations write into metadata, so it must not be shared with what the client sent. */
export function ownMetadata(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata } };
}
