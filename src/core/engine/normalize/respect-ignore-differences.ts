import { isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { Schema } from '#libs/kube/schema';
import { anySchema, fieldSchema } from '#libs/kube/schema';
import { indexIn, passes } from './find-paths.ts';
import { everyItem } from './ignore-rule.ts';
import type { PathPattern } from './ignore-rule.ts';
import { isFilter } from './parse-path-expression.ts';

export interface IgnoredFields {
  readonly patterns: readonly PathPattern[];
  /** For the keys of lists; without one, items are paired by `name`, else by position. */
  readonly schema?: Schema | undefined;
}

/**
 * `RespectIgnoreDifferences=true`: the desired object with the live values of ignored fields, so that applying it leaves them as they
 * are. A field that live does not hold leaves the desired object. `status` is nobody's to apply and stays out.
 */
export function respectIgnoreDifferences(desired: KubeObject, live: KubeObject, fields: IgnoredFields): KubeObject {
  let result: unknown = desired;
  for (const pattern of fields.patterns) {
    if (pattern[0] !== 'status') result = copied(result, live, pattern, fields.schema ?? anySchema);
  }
  return result as KubeObject;
}

/** `desired` with what `pattern` names taken from `live`; `undefined` = absent on that side. */
function copied(desired: unknown, live: unknown, pattern: PathPattern, schema: Schema): unknown {
  const [part, ...rest] = pattern;
  if (part === undefined) return live;
  if (isFilter(part)) return passes(live ?? desired, part) ? copied(desired, live, rest, schema) : desired;
  if (Array.isArray(desired)) return copiedList(desired, live, pattern, schema);
  if (!isRecord(desired)) return desired;
  const source = isRecord(live) ? live : {};
  const keys = part === everyItem ? [...new Set([...Object.keys(desired), ...Object.keys(source)])] : [String(part)];
  const copy = { ...desired };
  for (const key of keys) {
    const value = copied(copy[key], source[key], rest, fieldSchema(schema, key) ?? anySchema);
    if (value === undefined) delete copy[key];
    else copy[key] = value;
  }
  return copy;
}

function copiedList(desired: readonly unknown[], live: unknown, pattern: PathPattern, schema: Schema): unknown {
  const [part, ...rest] = pattern;
  const source: readonly unknown[] = Array.isArray(live) ? live : [];
  const only = part === everyItem ? undefined : indexIn(desired, part as string | number);
  const items = schema.items ?? anySchema;
  return desired.flatMap((item, index) => {
    if (part !== everyItem && index !== only) return [item];
    const value = copied(item, partnerOf({ item, index }, source, schema), rest, items);
    return value === undefined ? [] : [value];
  });
}

function partnerOf(
  { item, index }: { item: unknown; index: number },
  live: readonly unknown[],
  schema: Schema,
): unknown {
  if (!isRecord(item)) return live[index];
  const keys = schema.listMapKeys ?? (typeof item['name'] === 'string' ? ['name'] : []);
  if (keys.length === 0) return live[index];
  return live.find(
    (other) => isRecord(other) && keys.every((key) => item[key] === undefined || other[key] === item[key]),
  );
}
