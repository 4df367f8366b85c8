import { WindlassError } from '#base/errors';
import { ownField } from '../own-field.ts';
import type { Schema } from '../schema/index.ts';
import { anySchema, fieldSchema } from '../schema/index.ts';
import { identifyItem, isAssociative } from './list-items.ts';
import type { PathElement } from './path-element.ts';
import { elementToString } from './path-element.ts';

/** Thrown when an applied object does not fit its schema. `problems` are the server's texts: `.spec.foo: field not declared in schema`. */
export class AppliedInvalid extends WindlassError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const text =
      problems.length === 1 ? (problems[0] ?? '') : `errors:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
    super({
      code: 'APPLIED_INVALID',
      kind: 'InvalidInput',
      message: text,
      hint: 'Correct the named fields of the applied object.',
    });
    this.name = 'AppliedInvalid';
    this.problems = problems;
  }
}

/** What keeps an object from being applied: undeclared fields, wrong types, items that share or lack their key. */
export function findAppliedProblems(schema: Schema, applied: unknown): readonly string[] {
  const problems: string[] = [];
  check(schema, applied, '', problems);
  return problems;
}

function check(schema: Schema, value: unknown, path: string, problems: string[]): void {
  if (value === null || value === undefined) return;
  if (schema.intOrString === true || schema.quantity === true) {
    if (typeof value === 'object') problems.push(`${path}: expected ${scalarName(schema)}, got ${describe(value)}`);
    return;
  }
  const problem = typeProblem(schema, value);
  if (problem !== undefined) problems.push(`${path}: ${problem}`);
  else if (Array.isArray(value)) checkList(schema, value, path, problems);
  else if (typeof value === 'object') checkMap(schema, value as Record<string, unknown>, path, problems);
}

function scalarName(schema: Schema): string {
  return schema.intOrString === true || schema.quantity === true ? 'scalar' : (schema.type ?? 'scalar');
}

function typeProblem(schema: Schema, value: unknown): string | undefined {
  switch (schema.type) {
    case 'object':
      return Array.isArray(value) || typeof value !== 'object' ? `expected map, got ${describe(value)}` : undefined;
    case 'array':
      return Array.isArray(value) ? undefined : `expected list, got ${describe(value)}`;
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got ${describe(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${describe(value)}`;
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${describe(value)}`;
    default:
      return undefined;
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `&[${value.map(describeItem).join(' ')}]`;
  if (typeof value === 'object' && value !== null) return `&map[${describeMap(value as Record<string, unknown>)}]`;
  return `&value.valueUnstructured{Value:${describeItem(value)}}`;
}

function describeMap(map: Readonly<Record<string, unknown>>): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}:${describeItem(map[key])}`)
    .join(' ');
}

function describeItem(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(describeItem).join(' ')}]`;
  if (typeof value === 'object' && value !== null) return `map[${describeMap(value as Record<string, unknown>)}]`;
  return String(value);
}

function checkMap(schema: Schema, map: Readonly<Record<string, unknown>>, path: string, problems: string[]): void {
  for (const key of Object.keys(map)) {
    const field = fieldSchema(schema, key);
    if (field === undefined) problems.push(`${path}.${key}: field not declared in schema`);
    else check(field, ownField(map, key), `${path}.${key}`, problems);
  }
}

function checkList(schema: Schema, list: readonly unknown[], path: string, problems: string[]): void {
  const items = schema.items ?? anySchema;
  const seen = new Set<PathElement>();
  for (const [index, item] of list.entries()) {
    if (!isAssociative(schema)) {
      check(items, item, `${path}[${index}]`, problems);
      continue;
    }
    const identity = identifyItem(schema, item);
    if ('problem' in identity) {
      problems.push(`${path}: element ${index}: ${identity.problem}`);
      // The server looks no further in a list whose item it cannot name.
      return;
    }
    const itemPath = elementToString(identity.element);
    if (seen.has(identity.element)) problems.push(`${path}: duplicate entries for key ${itemPath}`);
    seen.add(identity.element);
    check(items, item, `${path}${itemPath}`, problems);
  }
}
