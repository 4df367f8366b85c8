import { isRecord } from '#base/json';
import { anySchema } from './schema.ts';
import type { ListType, MapType, Schema, SchemaType, ValidationRule } from './schema.ts';

type JsonSchema = Readonly<Record<string, unknown>>;
type MutableSchema = { -readonly [K in keyof Schema]: Schema[K] };

/** Finds the node of a `$ref`; a node that is still being built is fine, it is filled in later. */
export interface ReferenceResolver {
  resolve(reference: string): Schema;
  /** Runs once every node is filled: a reference with siblings is a copy of a node that may not be complete yet. */
  later(run: () => void): void;
}

const plainKeywords = [
  'format',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'nullable',
  'description',
  'title',
] as const;

/** Fills `target` from a JSON schema; `references` is absent where a schema may hold none (CRDs). */
export function buildSchema(source: JsonSchema, references?: ReferenceResolver, target: MutableSchema = {}): Schema {
  const reference = referenceOf(source);
  if (reference !== undefined && references !== undefined) {
    const own = readKeywords(source, references);
    references.later(() => Object.assign(target, references.resolve(reference), own));
    return target;
  }
  return Object.assign(target, readKeywords(source, references));
}

/** `{$ref}` and `{allOf: [{$ref}], …}`, which is how a described or defaulted reference is published. */
function referenceOf(source: JsonSchema): string | undefined {
  if (typeof source['$ref'] === 'string') return source['$ref'];
  const all = source['allOf'];
  if (!Array.isArray(all) || all.length !== 1) return undefined;
  const only: unknown = all[0];
  return isRecord(only) && typeof only['$ref'] === 'string' ? only['$ref'] : undefined;
}

function readKeywords(source: JsonSchema, references: ReferenceResolver | undefined): Schema {
  const node: MutableSchema = {};
  const record = node as Record<string, unknown>;
  if (typeof source['type'] === 'string') node.type = source['type'] as SchemaType;
  for (const keyword of plainKeywords) if (source[keyword] !== undefined) record[keyword] = source[keyword];
  if ('default' in source) node.default = source['default'];
  if (Array.isArray(source['enum'])) node.enum = source['enum'] as unknown[];
  if (Array.isArray(source['required'])) node.required = source['required'] as string[];
  readChildren(source, node, references);
  readCombinators(source, node, references);
  readExtensions(source, node);
  return node;
}

function readChildren(source: JsonSchema, node: MutableSchema, references: ReferenceResolver | undefined): void {
  const { properties, additionalProperties, items } = source;
  if (isRecord(properties) && Object.keys(properties).length > 0) {
    const fields = Object.create(null) as Record<string, Schema>;
    for (const [name, value] of Object.entries(properties)) {
      if (isRecord(value)) fields[name] = buildSchema(value, references);
    }
    node.properties = fields;
  }
  if (isRecord(additionalProperties)) node.additionalProperties = buildSchema(additionalProperties, references);
  else if (additionalProperties === true) node.additionalProperties = anySchema;
  if (isRecord(items)) node.items = buildSchema(items, references);
}

function readCombinators(source: JsonSchema, node: MutableSchema, references: ReferenceResolver | undefined): void {
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    const branches = source[keyword];
    if (!Array.isArray(branches) || referenceOf(source) !== undefined) continue;
    node[keyword] = branches.filter(isRecord).map((branch) => buildSchema(branch, references));
  }
  if (isRecord(source['not'])) node.not = buildSchema(source['not'], references);
}

function readExtensions(source: JsonSchema, node: MutableSchema): void {
  if (source['x-kubernetes-int-or-string'] === true || source['format'] === 'int-or-string') node.intOrString = true;
  if (source['x-kubernetes-preserve-unknown-fields'] === true) node.preserveUnknownFields = true;
  if (source['x-kubernetes-embedded-resource'] === true) node.embeddedResource = true;
  if (source['x-kubernetes-map-type'] !== undefined) node.mapType = source['x-kubernetes-map-type'] as MapType;
  const rules = source['x-kubernetes-validations'];
  if (Array.isArray(rules)) node.validations = rules as ValidationRule[];
  // Raw JSON in a compiled type is one value; in a CRD it says preserve-unknown and merges key by key.
  if (
    node.mapType === undefined &&
    node.preserveUnknownFields !== true &&
    referenceOf(source) === undefined &&
    isFreeForm(node)
  )
    node.mapType = 'atomic';
  readListExtensions(source, node);
}

function isFreeForm({ type, properties, additionalProperties, intOrString }: Schema): boolean {
  return (
    (type === 'object' || type === undefined) &&
    properties === undefined &&
    additionalProperties === undefined &&
    intOrString !== true
  );
}

function readListExtensions(source: JsonSchema, node: MutableSchema): void {
  const strategy = source['x-kubernetes-patch-strategy'];
  const mergeKey = source['x-kubernetes-patch-merge-key'];
  if (typeof strategy === 'string') node.patchStrategy = strategy.split(',');
  if (typeof mergeKey === 'string') node.patchMergeKey = mergeKey;
  const listType = source['x-kubernetes-list-type'];
  if (typeof listType === 'string') {
    node.listType = listType as ListType;
    if (listType === 'map') node.listMapKeys = source['x-kubernetes-list-map-keys'] as string[];
  } else if (source['type'] === 'array' && node.patchStrategy?.includes('merge')) {
    // Types older than list types: the server reads their strategic-merge key as the list's key.
    node.listType = node.patchMergeKey === undefined ? 'set' : 'map';
    if (node.patchMergeKey !== undefined) node.listMapKeys = [node.patchMergeKey];
  }
}
