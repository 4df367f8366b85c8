import { deepEqual } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { FieldError } from '../../answers/field-error.ts';
import { forbiddenField, invalid, required } from '../../answers/field-error.ts';
import { checkConfigKey } from '../../validation/names.ts';
import type { Strategy } from '../strategy.ts';
import { fieldsOf, textOf } from './fields.ts';

export const configMapStrategy: Partial<Strategy> = {
  validateCreate: checkConfigMap,
  validateUpdate: (next, old) => [...checkImmutable(next, old, ['data', 'binaryData']), ...checkConfigMap(next)],
};

function checkConfigMap(object: KubeObject): FieldError[] {
  const data = fieldsOf(object, 'data');
  const binary = fieldsOf(object, 'binaryData');
  const errors = Object.keys(data).flatMap((key) => {
    const problems = checkConfigKey(key).map((why) => invalid(`data[${key}]`, key, why));
    const isTwice = Object.hasOwn(binary, key);
    return isTwice ? [...problems, invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')] : problems;
  });
  errors.push(
    ...Object.keys(binary).flatMap((key) => checkConfigKey(key).map((why) => invalid(`binaryData[${key}]`, key, why))),
  );
  return [...errors, ...checkSize('', [data, binary])];
}

const sizeLimit = 1024 * 1024;

function checkSize(field: string, maps: readonly Readonly<Record<string, unknown>>[]): FieldError[] {
  let size = 0;
  for (const map of maps) for (const value of Object.values(map)) size += typeof value === 'string' ? value.length : 0;
  if (size <= sizeLimit) return [];
  return [
    {
      reason: 'FieldValueTooLong',
      field: field === '' ? '[]' : field,
      message: `Too long: may not be more than ${sizeLimit} bytes`,
    },
  ];
}

/** An object marked immutable keeps its data for good. */
function checkImmutable(next: KubeObject, old: KubeObject, fields: readonly string[]): FieldError[] {
  if (old['immutable'] !== true) return [];
  const why = 'field is immutable when `immutable` is set';
  const errors = next['immutable'] === true ? [] : [forbiddenField('immutable', why)];
  return [
    ...errors,
    ...fields
      .filter((field) => !deepEqual(next[field] ?? {}, old[field] ?? {}))
      .map((field) => forbiddenField(field, why)),
  ];
}

export const secretStrategy: Partial<Strategy> = {
  prepareCreate: mergeStringData,
  prepareUpdate: mergeStringData,
  validateCreate: checkSecret,
  validateUpdate(next, old) {
    const type = next['type'] === old['type'] ? [] : [invalid('type', next['type'], 'field is immutable')];
    return [...type, ...checkImmutable(next, old, ['data']), ...checkSecret(next)];
  },
};

/** stringData is write-only: it becomes data. */
function mergeStringData(secret: KubeObject): void {
  const plain = secret['stringData'];
  delete secret['stringData'];
  secret['type'] ??= 'Opaque';
  if (plain === undefined || plain === null) return;
  const encoded = Object.entries(plain as Record<string, string>).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ]);
  secret['data'] = { ...fieldsOf(secret, 'data'), ...(Object.fromEntries(encoded) as Record<string, string>) };
}

/** Keys that each type of secret must have. */
const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

function checkSecret(secret: KubeObject): FieldError[] {
  const data = fieldsOf(secret, 'data');
  const type = textOf(secret, 'type');
  const errors = Object.keys(data).flatMap((key) =>
    checkConfigKey(key).map((why) => invalid(`data[${key}]`, key, why)),
  );
  errors.push(...checkSize('data', [data]));
  for (const key of requiredKeys[type] ?? []) if (!Object.hasOwn(data, key)) errors.push(required(`data[${key}]`));
  if (type === 'kubernetes.io/basic-auth' && !Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password')) {
    errors.push(required('data[username]'), required('data[password]'));
  }
  if (
    type === 'kubernetes.io/service-account-token' &&
    !secret.metadata.annotations?.['kubernetes.io/service-account.name']
  ) {
    errors.push(required('metadata.annotations[kubernetes.io/service-account.name]'));
  }
  const docker = data['.dockerconfigjson'];
  if (type === 'kubernetes.io/dockerconfigjson' && typeof docker === 'string')
    errors.push(...checkDockerConfig(docker));
  return errors;
}

function checkDockerConfig(encoded: string): FieldError[] {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  try {
    JSON.parse(text);
    return [];
  } catch {
    const why =
      text === ''
        ? 'unexpected end of JSON input'
        : `invalid character '${text[0] as string}' looking for beginning of value`;
    return [invalid('data[.dockerconfigjson]', '<secret contents redacted>', why)];
  }
}
