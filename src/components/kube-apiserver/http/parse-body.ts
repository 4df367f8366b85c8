import { parse as parseYaml } from 'yaml';
import { badRequest, failure, unsupportedMediaType } from '../answers/api-errors.ts';
import { findDuplicateFields } from '../schemas/find-duplicate-fields.ts';
import type { ApiRequest } from './api-request.ts';

const objectTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

export interface ParsedBody {
  readonly value: unknown;
  /** Keys that stand twice, found only when asked for. */
  readonly duplicates: readonly string[];
}

/** The object in a create or update. Throws 415, and 400 for text that is no JSON or YAML. */
export function parseObjectBody({ contentType, body }: ApiRequest, kind: string, findDuplicates: boolean): ParsedBody {
  const type = mediaType(contentType);
  const text = body.toString('utf8');
  if (type === 'application/yaml') return { value: parseYamlText(text), duplicates: [] };
  if (type !== '' && type !== 'application/json') throw unsupportedMediaType(objectTypes);
  try {
    return { value: JSON.parse(text), duplicates: findDuplicates ? findDuplicateFields(text) : [] };
  } catch {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${jsonProblem(text)} (${shown(text)})`,
    );
  }
}

/** Options in the body of a delete; an empty body has none. */
export function parseOptionsBody({ body, contentType }: ApiRequest): Readonly<Record<string, unknown>> {
  const text = body.toString('utf8');
  if (text.trim() === '') return {};
  if (mediaType(contentType) === 'application/yaml') return parseYamlText(text) as Record<string, unknown>;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw badRequest(`couldn't get version/kind; json parse error: ${jsonProblem(text)}`);
  }
}

/** A patch document. */
export function parsePatchBody({ body }: ApiRequest, isYaml: boolean, isStrategic: boolean): unknown {
  const text = body.toString('utf8');
  if (isYaml && !text.trimStart().startsWith('{')) return parseYamlText(text);
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(isStrategic ? jsonProblem(text) : `error decoding patch: ${jsonProblem(text)}`);
  }
}

export function mediaType(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

function parseYamlText(text: string): unknown {
  try {
    return parseYaml(text, { version: '1.1', merge: true });
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    throw failure({
      code: 400,
      reason: 'BadRequest',
      message: `error decoding YAML: error converting YAML to JSON: yaml: ${why}`,
    });
  }
}

function jsonProblem(text: string): string {
  let depth = 0;
  for (const c of text) depth += c === '{' || c === '[' ? 1 : c === '}' || c === ']' ? -1 : 0;
  if (depth > 0 || text.trim() === '') return 'unexpected end of JSON input';
  return `invalid character '${text.trim()[0] ?? ''}' looking for beginning of value`;
}

function shown(text: string): string {
  return /^[\x20-\x7e\s]*$/.test(text) && text.startsWith('{')
    ? text.slice(0, 1024)
    : Buffer.from(text).toString('hex').slice(0, 100);
}
