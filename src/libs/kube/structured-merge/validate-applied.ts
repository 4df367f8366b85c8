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
  const walk: Walk = { path: [], problems: [] };
  check(schema, applied, walk);
  return walk.problems;
}

interface Walk {
  /** Where the walk stands, in the server's spelling; grows and shrinks with it. */
  readonly path: string[];
  readonly problems: string[];
}

function report({ path, problems }: Walk, problem: string): void {
  problems.push(`${path.join('')}: ${problem}`);
}

function check(schema: Schema, value: unknown, walk: Walk): void {
  if (value === null || value === undefined) return;
  if (schema.intOrString === true || schema.quantity === true) {
    if (typeof value === 'object') report(walk, `expected ${scalarName(schema)}, got ${describe(value)}`);
    return;
  }
  const problem = typeProblem(schema, value);
  if (problem !== undefined) report(walk, problem);
  else if (Array.isArray(value)) checkList(schema, value, walk);
  else if (typeof value === 'object') checkMap(schema, value as Record<string, unknown>, walk);
}

function checkAt(schema: Schema, step: string, value: unknown, walk: Walk): void {
  walk.path.push(step);
  check(schema, value, walk);
  walk.path.pop();
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

function checkMap(schema: Schema, map: Readonly<Record<string, unknown>>, walk: Walk): void {
  for (const key of Object.keys(map)) {
    const field = fieldSchema(schema, key);
    if (field === undefined) walk.problems.push(`${walk.path.join('')}.${key}: field not declared in schema`);
    else checkAt(field, `.${key}`, ownField(map, key), walk);
  }
}

function checkList(schema: Schema, list: readonly unknown[], walk: Walk): void {
  const items = schema.items ?? anySchema;
  const seen = new Set<PathElement>();
  for (const [index, item] of list.entries()) {
    if (!isAssociative(schema)) {
      checkAt(items, `[${index}]`, item, walk);
      continue;
    }
    const identity = identifyItem(schema, item);
    if ('problem' in identity) {
      report(walk, `element ${index}: ${identity.problem}`);
      // The server looks no further in a list whose item it cannot name.
      return;
    }
    const step = elementToString(identity.element);
    if (seen.has(identity.element)) report(walk, `duplicate entries for key ${step}`);
    seen.add(identity.element);
    checkAt(items, step, item, walk);
  }
}
