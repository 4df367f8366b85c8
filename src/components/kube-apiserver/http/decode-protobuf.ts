import { badRequest } from '../answers/api-errors.ts';
import type { ProtobufField, ProtobufTypes } from '../resources/protobuf-types.ts';
import type { ApiRequest } from './api-request.ts';

const magic = Buffer.from('k8s\0');
const meta = 'k8s.io.apimachinery.pkg.apis.meta.v1';
const wholeMicros = 1000;

type JsonObject = Record<string, unknown>;

/** A request whose protobuf body was turned into JSON; kubectl's typed commands send nothing else. */
export function decodeProtobufRequest(types: ProtobufTypes, request: ApiRequest): ApiRequest {
  const { body } = request;
  if (body.length < magic.length || !body.subarray(0, magic.length).equals(magic)) return request;
  return {
    ...request,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(decodeEnvelope(types, body.subarray(magic.length)))),
  };
}

/** runtime.Unknown: the object's type beside its bytes. */
function decodeEnvelope(types: ProtobufTypes, bytes: Buffer): JsonObject {
  let apiVersion = '';
  let kind = '';
  let raw = Buffer.alloc(0);
  for (const { number, bytes: value } of readFields(bytes)) {
    if (number === 1) {
      for (const inner of readFields(value)) {
        if (inner.number === 1) apiVersion = inner.bytes.toString('utf8');
        if (inner.number === 2) kind = inner.bytes.toString('utf8');
      }
    } else if (number === 2) raw = Buffer.from(value);
  }
  const name = types.messageName(apiVersion, kind);
  if (!types.message(name)) throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}" in scheme`);
  return { apiVersion, kind, ...decodeMessage(types, name, raw) };
}

interface WireField {
  readonly number: number;
  readonly bytes: Buffer;
  readonly value: bigint;
}

function* readFields(bytes: Buffer): Generator<WireField> {
  let offset = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[offset++];
      if (byte === undefined || shift > 63n) throw badRequest('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
  };
  const take = (length: number): Buffer => {
    const part = bytes.subarray(offset, offset + length);
    if (part.length < length) throw badRequest('unexpected EOF');
    offset += length;
    return part;
  };
  const empty = Buffer.alloc(0);
  while (offset < bytes.length) {
    const key = Number(varint());
    const number = key >>> 3;
    const wire = key & 7;
    if (wire === 0) yield { number, bytes: empty, value: varint() };
    else if (wire === 1) yield { number, bytes: take(8), value: 0n };
    else if (wire === 2) yield { number, bytes: take(Number(varint())), value: 0n };
    else if (wire === 5) yield { number, bytes: take(4), value: 0n };
    else throw badRequest(`proto: illegal wireType ${wire}`);
  }
}

function decodeMessage(types: ProtobufTypes, name: string, bytes: Buffer): JsonObject {
  const message = types.message(name) ?? {};
  const object: JsonObject = {};
  for (const wire of readFields(bytes)) {
    const field = message[String(wire.number)];
    if (field) setField(types, object, field, wire);
  }
  return object;
}

function setField(types: ProtobufTypes, object: JsonObject, [name, type, shape]: ProtobufField, wire: WireField): void {
  if (shape === 'map') {
    const [key, value] = decodeMapEntry(types, type, wire.bytes);
    object[name] = { ...(object[name] as JsonObject | undefined), [key]: value };
    return;
  }
  const value = decodeValue(types, type, wire);
  if (name === '') Object.assign(object, value);
  else if (shape === 'list') object[name] = [...((object[name] as unknown[] | undefined) ?? []), value];
  else object[name] = value;
}

function decodeMapEntry(types: ProtobufTypes, type: string, bytes: Buffer): [string, unknown] {
  let key = '';
  let value: unknown = type === 'string' ? '' : undefined;
  for (const wire of readFields(bytes)) {
    if (wire.number === 1) key = wire.bytes.toString('utf8');
    if (wire.number === 2) value = decodeValue(types, type, wire);
  }
  return [key, value];
}

function decodeValue(types: ProtobufTypes, type: string, wire: WireField): unknown {
  switch (type) {
    case 'string':
      return wire.bytes.toString('utf8');
    case 'bytes':
      return wire.bytes.toString('base64');
    case 'bool':
      return wire.value !== 0n;
    case 'int32':
    case 'int64':
    case 'uint32':
      return Number(wire.value);
    case 'double':
      return wire.bytes.readDoubleLE();
    default:
      return decodeSpecial(types, type, wire.bytes);
  }
}

/** Types whose JSON is no object with the message's fields. */
function decodeSpecial(types: ProtobufTypes, type: string, bytes: Buffer): unknown {
  const fields = () => new Map([...readFields(bytes)].map((one) => [one.number, one]));
  const text = (number: number) => fields().get(number)?.bytes.toString('utf8') ?? '';
  switch (type) {
    case 'k8s.io.apimachinery.pkg.api.resource.Quantity':
      return text(1);
    case `${meta}.Time`:
      return bytes.length === 0 ? null : formatSeconds(Number(fields().get(1)?.value ?? 0n));
    case `${meta}.MicroTime`:
      return bytes.length === 0
        ? null
        : formatMicros(Number(fields().get(1)?.value ?? 0n), Number(fields().get(2)?.value ?? 0n));
    case `${meta}.FieldsV1`:
    case 'k8s.io.apimachinery.pkg.runtime.RawExtension':
      return JSON.parse(text(1) || 'null');
    case `${meta}.Verbs`:
    case 'k8s.io.api.authentication.v1.ExtraValue':
    case 'k8s.io.api.authorization.v1.ExtraValue':
    case 'k8s.io.api.certificates.v1.ExtraValue':
      return [...readFields(bytes)].map((one) => one.bytes.toString('utf8'));
    case 'k8s.io.apimachinery.pkg.util.intstr.IntOrString':
      return fields().get(1)?.value === 1n ? text(3) : Number(fields().get(2)?.value ?? 0n);
    default:
      return decodeMessage(types, type, bytes);
  }
}

function formatSeconds(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

function formatMicros(seconds: number, nanos: number): string {
  const micros = String(Math.trunc(nanos / wholeMicros)).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${micros}Z`;
}
