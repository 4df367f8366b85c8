import { isRecord } from '#base/json';
import type { Schema } from '#libs/kube/schema';

interface Place {
  /** The Go struct that holds the field, as its error messages name it. */
  readonly struct: string;
  readonly path: string;
}

/**
 * Finds the first value that a compiled type cannot hold. Answers the sentence with which Go's JSON decoder refuses it, or
 * undefined.
 */
export function findTypeMismatch(schema: Schema, object: unknown): string | undefined {
  return check(schema, object, { struct: shortName(schema), path: '' });
}

function check(schema: Schema, value: unknown, place: Place): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (schema.quantity === true) return checkQuantity(value);
  if (schema.intOrString === true)
    return typeof value === 'object' || typeof value === 'boolean'
      ? mismatch(value, 'intstr.IntOrString', place)
      : undefined;
  switch (schema.type) {
    case 'object':
      return checkObject(schema, value, place);
    case 'array':
      return checkArray(schema, value, place);
    case 'string':
      if (typeof value !== 'string') return mismatch(value, 'string', place);
      return checkText(schema, value);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : mismatch(value, 'bool', place);
    case 'integer':
      return checkInteger(schema, value, place);
    case 'number':
      return typeof value === 'number' ? undefined : mismatch(value, 'float64', place);
    default:
      return undefined;
  }
}

function checkText({ format }: Schema, value: string): string | undefined {
  if (format === 'date-time') return checkTime(value);
  if (format !== 'byte') return undefined;
  const compact = value.replace(/[\r\n]/g, '');
  const wrong = /[^A-Za-z0-9+/=]/.exec(compact) ?? /=(?=[^=])/.exec(compact);
  if (wrong) return `illegal base64 data at input byte ${wrong.index}`;
  return compact.length % 4 === 0
    ? undefined
    : `illegal base64 data at input byte ${compact.length - (compact.length % 4)}`;
}

function checkObject(schema: Schema, value: unknown, place: Place): string | undefined {
  if (!isRecord(value))
    return schema.properties || schema.additionalProperties ? mismatch(value, goType(schema), place) : undefined;
  const struct = schema.typeName === undefined ? place.struct : shortName(schema);
  for (const key of Object.keys(value)) {
    const field = schema.properties?.[key];
    const fieldSchema = field ?? schema.additionalProperties;
    if (!fieldSchema) continue;
    // A map's values are reported at the map, a struct's fields at the field.
    const at = field ? { struct, path: place.path === '' ? key : `${place.path}.${key}` } : place;
    const wrong = check(fieldSchema, value[key], at);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function checkArray(schema: Schema, value: unknown, place: Place): string | undefined {
  if (!Array.isArray(value)) return mismatch(value, goType(schema), place);
  for (const item of value) {
    const wrong = schema.items ? check(schema.items, item, place) : undefined;
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function checkInteger(schema: Schema, value: unknown, place: Place): string | undefined {
  const type = schema.format ?? 'int64';
  if (typeof value !== 'number') return mismatch(value, type, place);
  const fits = Number.isInteger(value) && (type !== 'int32' || (value >= -(2 ** 31) && value < 2 ** 31));
  return fits
    ? undefined
    : `json: cannot unmarshal number ${value} into Go struct field ${place.struct}.${place.path} of type ${type}`;
}

const quantityPattern = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const quantitySuffix = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

function checkQuantity(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !quantityPattern.test(text)) {
    return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  }
  if (quantitySuffix.test(text)) return undefined;
  return /^[+-]?[\d.]+$/.test(text) ? 'unable to parse numeric part of quantity' : "unable to parse quantity's suffix";
}

const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function checkTime(value: string): string | undefined {
  if (value === '' || (timePattern.test(value) && !Number.isNaN(Date.parse(value)))) return undefined;
  const layout = '2006-01-02T15:04:05Z07:00';
  return `parsing time ${JSON.stringify(value)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(value)} as "2006"`;
}

function mismatch(value: unknown, type: string, { struct, path }: Place): string {
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${found} into Go struct field ${struct}.${path} of type ${type}`;
}

/** "io.k8s.api.core.v1.PodSpec" → "PodSpec". */
function shortName({ typeName = '' }: Schema): string {
  return typeName.slice(typeName.lastIndexOf('.') + 1);
}

function goType(schema: Schema): string {
  if (schema.type === 'array') return `[]${goType(schema.items ?? {})}`;
  if (schema.typeName !== undefined) return schema.typeName.split('.').slice(-2).join('.');
  if (schema.additionalProperties) return `map[string]${goType(schema.additionalProperties)}`;
  if (schema.type === 'boolean') return 'bool';
  if (schema.type === 'integer') return schema.format ?? 'int64';
  return schema.type ?? 'interface {}';
}
