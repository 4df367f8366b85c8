export type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
export type ListType = 'atomic' | 'set' | 'map';
export type MapType = 'granular' | 'atomic';

/** One rule of `x-kubernetes-validations`. */
export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/**
 * A normalised schema node of an object's field: references are resolved (recursive types are cycles of nodes), `allOf` around
 * a reference is folded in. A node without `type` holds any value: maps in it merge key by key, lists are atomic.
 */
export interface Schema {
  readonly type?: SchemaType | undefined;
  /** Without a prototype, so that any key may be looked up. */
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly additionalProperties?: Schema | undefined;
  readonly items?: Schema | undefined;
  /** How a list merges; absent means atomic. A strategic-merge key of an old built-in list counts as `map`. */
  readonly listType?: ListType | undefined;
  readonly listMapKeys?: readonly string[] | undefined;
  /** How a map merges; absent means granular. */
  readonly mapType?: MapType | undefined;
  readonly preserveUnknownFields?: boolean | undefined;
  readonly intOrString?: boolean | undefined;
  /** Kubernetes' resource.Quantity. */
  readonly quantity?: boolean | undefined;
  readonly nullable?: boolean | undefined;
  readonly default?: unknown;
  readonly format?: string | undefined;
  readonly embeddedResource?: boolean | undefined;
  readonly patchStrategy?: readonly string[] | undefined;
  readonly patchMergeKey?: string | undefined;
  readonly required?: readonly string[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly pattern?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: boolean | undefined;
  readonly exclusiveMaximum?: boolean | undefined;
  readonly multipleOf?: number | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly uniqueItems?: boolean | undefined;
  readonly minProperties?: number | undefined;
  readonly maxProperties?: number | undefined;
  /** Value validation only: these never declare fields. */
  readonly allOf?: readonly Schema[] | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly oneOf?: readonly Schema[] | undefined;
  readonly not?: Schema | undefined;
  readonly validations?: readonly ValidationRule[] | undefined;
  readonly description?: string | undefined;
  readonly title?: string | undefined;
  /** The component's name in the OpenAPI document, e.g. `io.k8s.api.core.v1.PodSpec`. */
  readonly typeName?: string | undefined;
  /** Compiled types: the fields that are written only when they are not zero ("", 0, false, an empty struct). */
  readonly omitsZero?: ReadonlySet<string> | undefined;
  /** Compiled types: the fields that are always written, with what they hold when nobody set them. */
  readonly alwaysWrites?: Readonly<Record<string, unknown>> | undefined;
  /**
   * On a root: the server keeps the object in a compiled type, which drops unknown fields, nulls and empty optional lists, and
   * always writes its non-optional structs. Custom resources are kept as they were sent.
   */
  readonly compiled?: boolean | undefined;
}

/** Any value: maps merge key by key, lists are replaced as a whole. */
export const anySchema: Schema = Object.freeze({});

/** The schema of a field or key of a map; undefined when the schema does not declare it. */
export function fieldSchema(schema: Schema, key: string): Schema | undefined {
  const declared = schema.properties?.[key];
  if (declared !== undefined) return declared;
  if (schema.additionalProperties !== undefined) return schema.additionalProperties;
  return holdsAnyField(schema) ? anySchema : undefined;
}

/** True for a map in which undeclared keys are kept: untyped values, objects without fields, preserve-unknown. */
export function holdsAnyField(schema: Schema): boolean {
  return (
    schema.preserveUnknownFields === true ||
    (schema.properties === undefined &&
      schema.additionalProperties === undefined &&
      (schema.type === undefined || schema.type === 'object'))
  );
}

/** True for a value that is never looked into: scalars, and what may be a number or a string. */
export function isScalarSchema(schema: Schema): boolean {
  if (schema.intOrString === true || schema.quantity === true) return true;
  return schema.type !== undefined && schema.type !== 'object' && schema.type !== 'array';
}
