import { asText } from '../registry/strategies/fields.ts';
import { isRecord } from '#base/json';

/** A protobuf field: text or the bytes of a message. */
type FieldValue = string | Buffer;

interface Operation {
  readonly parameters?: readonly Readonly<Record<string, unknown>>[];
  readonly 'x-kubernetes-group-version-kind'?: unknown;
}

/**
 * The OpenAPI v2 document in protobuf, which is the only form that kubectl asks for: what it looks up there is which query
 * parameters a kind's patch takes. Everything else it reads from v3.
 */
export function openApiV2Protobuf(document: Readonly<Record<string, unknown>>): Buffer {
  const info = isRecord(document['info']) ? document['info'] : {};
  const paths = Object.entries(isRecord(document['paths']) ? document['paths'] : {});
  const items = paths.flatMap(([path, item]) => {
    const patch = isRecord(item) ? item['patch'] : undefined;
    return isRecord(patch)
      ? [field(2, message(field(1, path), field(2, message(field(8, operation(patch as Operation))))))]
      : [];
  });
  return message(
    field(1, '2.0'),
    field(2, message(field(1, asText(info['title'])), field(2, asText(info['version'])))),
    field(8, message(...items)),
  );
}

function operation({ parameters = [], 'x-kubernetes-group-version-kind': kind }: Operation): Buffer {
  const query = parameters.filter((one) => one['in'] === 'query').map((one) => field(8, queryParameter(one)));
  const yaml = `${JSON.stringify(kind)}\n`;
  const extension = message(field(1, 'x-kubernetes-group-version-kind'), field(2, message(field(2, yaml))));
  return message(...query, field(13, extension));
}

function queryParameter(parameter: Readonly<Record<string, unknown>>): Buffer {
  const text = (name: string) => (typeof parameter[name] === 'string' ? parameter[name] : '');
  const own = message(field(2, 'query'), field(3, text('description')), field(4, text('name')), field(6, text('type')));
  const nonBody = message(field(3, own));
  return message(field(1, message(field(2, nonBody))));
}

function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

function field(number: number, value: FieldValue): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}
